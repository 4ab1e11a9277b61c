#include "app/api_keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <optional>

#include "base/strings.h"

namespace molva::app {
namespace {

constexpr std::size_t kKeyBytes = 24;
constexpr std::size_t kSignedBytes = 8;
constexpr std::size_t kSignatureBytes = kKeyBytes - kSignedBytes;  // of MD5
constexpr char kKeyVersion = 1;

bool SameBytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool IsSignedWith(const std::string& salt, std::string_view key) {
  const std::optional<std::string> bytes = base::DecodeBase64(key);
  if (!bytes.has_value() || bytes->size() != kKeyBytes || (*bytes)[0] != kKeyVersion) return false;
  unsigned char signature[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(bytes->data());
  if (HMAC(EVP_md5(), salt.data(), static_cast<int>(salt.size()), data, kSignedBytes, signature,
           &size) == nullptr ||
      size != kSignatureBytes) {
    return false;
  }
  return CRYPTO_memcmp(signature, data + kSignedBytes, kSignatureBytes) == 0;
}

}  // namespace

absl::StatusOr<ApiKeys> ApiKeys::FromConfig(const config::Config& config) {
  ApiKeys keys;
  keys.is_required_ = config.Bool("api_key.required");
  keys.accepted_ = config.List("api_key.accept");
  const std::optional<std::string> salt = base::DecodeBase64(config.Text("api_key.salt"));
  if (!salt.has_value()) return absl::InvalidArgumentError("api_key.salt is not base64");
  keys.salt_ = *salt;
  return keys;
}

bool ApiKeys::IsGood(std::string_view key) const {
  if (!is_required_) return true;
  bool good = false;
  for (const std::string& accepted : accepted_) good |= SameBytes(accepted, key);
  if (!salt_.empty()) good |= IsSignedWith(salt_, key);
  return good;
}

}  // namespace molva::app
