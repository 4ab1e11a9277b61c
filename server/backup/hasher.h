// SHA-256 of bytes that come in pieces.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

namespace molva::backup {

inline constexpr std::size_t kHashBytes = 32;

// Thread: its owner's.
class Hasher {
 public:
  Hasher();
  void Add(std::string_view bytes);
  // kHashBytes. Once, and last.
  std::string Finish();

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

}  // namespace molva::backup
