// What the key of the scheme does: seals secrets for the store, hashes recovery codes, signs
// tickets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace molva::auth_totp {

// Thread: any; never changes once made.
class Keys {
 public:
  static constexpr std::size_t kMinBytes = 32;
  // `key`: random, at least kMinBytes. The three keys are made of it.
  explicit Keys(std::string_view key);

  // Nobody opens what was sealed without the key, nor for another user. Base64.
  std::string Seal(std::uint64_t user, std::string_view secret) const;
  std::optional<std::string> Open(std::uint64_t user, std::string_view sealed) const;
  // 16 bytes in hex. A recovery code has 80 random bits: a slow hash would protect it no better.
  std::string HashOf(std::uint64_t user, std::string_view recovery_code) const;
  // 32 bytes.
  std::string Sign(std::string_view text) const;

 private:
  std::string sealing_;
  std::string hashing_;
  std::string signing_;
};

}  // namespace molva::auth_totp
