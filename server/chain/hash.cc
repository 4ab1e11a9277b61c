#include "chain/hash.h"

#include <openssl/evp.h>

#include "base/check.h"
#include "chain/body.h"

namespace molva::chain {
namespace {

constexpr std::uint32_t kEndOfHead = 0xffffffff;

// Looked up once: the lookup costs more than a short hash.
const EVP_MD* Algorithm() {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  MOLVA_CHECK(kAlgorithm != nullptr, "OpenSSL without SHA-256");
  return kAlgorithm;
}

}  // namespace

void Sha256::Free::operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  MOLVA_CHECK(context_ != nullptr && EVP_DigestInit_ex2(context_.get(), Algorithm(), nullptr) == 1,
              "no memory for a hash");
}

Sha256& Sha256::Add(std::string_view bytes) {
  MOLVA_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "hashing failed");
  return *this;
}

Sha256& Sha256::AddNumber(std::uint32_t number) {
  char bytes[4];
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<char>(number >> (24 - 8 * i) & 0xff);
  return Add({bytes, sizeof bytes});
}

Sha256& Sha256::AddCounted(std::string_view bytes) {
  return AddNumber(static_cast<std::uint32_t>(bytes.size())).Add(bytes);
}

std::string Sha256::Finish() {
  std::string hash(kHashBytes, '\0');
  MOLVA_CHECK(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.data()),
                                 nullptr) == 1,
              "hashing failed");
  return hash;
}

std::string HashOf(std::string_view body) { return Sha256().Add(body).Finish(); }

std::string HashOf(const Payload& payload) {
  Sha256 hash;
  for (const auto& [key, value] : payload.head) hash.AddCounted(key).AddCounted(value.text);
  return hash.AddNumber(kEndOfHead).Add(payload.content.text).Finish();
}

}  // namespace molva::chain
