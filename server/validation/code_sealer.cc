#include "validation/code_sealer.h"

#include <fmt/core.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"
#include "base/strings.h"

namespace molva::validation {

std::string CodeSealer::Make(base::Random& random, int digits) {
  std::string code;
  for (int i = 0; i < digits; ++i) {
    code += static_cast<char>('0' + random.Next64() % 10);
  }
  return code;
}

std::string CodeSealer::Seal(std::string_view code, std::string_view subject) const {
  return Sign("code", code, subject);
}

bool CodeSealer::Matches(std::string_view kept, std::string_view code,
                         std::string_view subject) const {
  return IsSameSecret(kept, Seal(code, subject));
}

std::string CodeSealer::NameOf(std::string_view subject) const { return Sign("name", "", subject); }

std::string CodeSealer::Sign(std::string_view purpose, std::string_view code,
                             std::string_view subject) const {
  // Lengths first: no two pairs have the same text.
  const std::string text = fmt::format("{} {} {} {}", purpose, code.size(), code, subject);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const bool ok = HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest,
                       &size) != nullptr;
  MOLVA_CHECK(ok, "no memory for a hash");
  return base::EncodeBase64({reinterpret_cast<const char*>(digest), size});
}

bool IsSameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace molva::validation
