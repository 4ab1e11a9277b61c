// The signed token: 58 bytes that say who, how far, until when, by which login. Source:
// docs/protocol behaviour §15, beyond §6.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace molva::auth_token {

// 0–7 user, 8–11 expiry (Unix seconds), 12–13 level, 14–15 serial, 16–17 features, 18–25 login, all
// little-endian, 26–57 HMAC-SHA256 of bytes 0–25.
struct Token {
  static constexpr std::uint16_t kValidated = 1;
  static constexpr std::uint16_t kNoLogin = 2;

  std::uint64_t user = 0;
  std::uint32_t expires = 0;  // Unix seconds
  std::uint16_t level = 0;
  std::uint16_t serial = 0;
  std::uint16_t features = 0;
  std::uint64_t login = 0;
};
inline constexpr std::size_t kSignedBytes = 26;
inline constexpr std::size_t kTokenBytes = 58;
// Of tokens without a login, as they were once made.
inline constexpr std::size_t kFormerTokenBytes = 50;

std::string Sign(const Token& token, std::string_view key);
// `bytes` must be kTokenBytes long. Takes the same time for every wrong signature.
bool IsSignedBy(std::string_view bytes, std::string_view key);
// What `bytes` say, signed or not.
Token Read(std::string_view bytes);

}  // namespace molva::auth_token
