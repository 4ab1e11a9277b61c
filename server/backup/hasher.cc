#include "backup/hasher.h"

#include "base/check.h"

namespace molva::backup {

Hasher::Hasher() : context_(EVP_MD_CTX_new()) {
  MOLVA_CHECK(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1,
              "SHA-256 is not there");
}

void Hasher::Add(std::string_view bytes) {
  MOLVA_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "SHA-256 failed");
}

std::string Hasher::Finish() {
  std::string hash(kHashBytes, '\0');
  MOLVA_CHECK(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash.data()),
                                 nullptr) == 1,
              "SHA-256 failed");
  return hash;
}

}  // namespace molva::backup
