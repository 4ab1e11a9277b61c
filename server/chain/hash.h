// SHA-256. Private to server/chain.
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace molva::chain {

inline constexpr std::size_t kHashBytes = 32;

// One hash under way. Thread: confined to its owner's. Cost: under 1 µs for a short text.
class Sha256 {
 public:
  Sha256();

  Sha256& Add(std::string_view bytes);
  // The length of `bytes` in 4 bytes, big-endian, then `bytes`.
  Sha256& AddCounted(std::string_view bytes);
  Sha256& AddNumber(std::uint32_t number);  // 4 bytes, big-endian
  // The 32 bytes. Call it once, last.
  std::string Finish();

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const;
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

}  // namespace molva::chain
