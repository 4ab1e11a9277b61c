// The signed token: 50 bytes that say who, how far, until when. Source: docs/protocol behaviour
// §15.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace molva::auth_token {

// 0–7 user, 8–11 expiry (Unix seconds), 12–13 level, 14–15 serial, 16–17 features, all little-
// endian, 18–49 HMAC-SHA256 of bytes 0–17.
struct Token {
  static constexpr std::uint16_t kValidated = 1;
  static constexpr std::uint16_t kNoLogin = 2;

  std::uint64_t user = 0;
  std::uint32_t expires = 0;  // Unix seconds
  std::uint16_t level = 0;
  std::uint16_t serial = 0;
  std::uint16_t features = 0;
};
inline constexpr std::size_t kSignedBytes = 18;
inline constexpr std::size_t kTokenBytes = 50;

std::string Sign(const Token& token, std::string_view key);
// `bytes` must be kTokenBytes long. Takes the same time for every wrong signature.
bool IsSignedBy(std::string_view bytes, std::string_view key);
// What `bytes` say, signed or not.
Token Read(std::string_view bytes);

}  // namespace molva::auth_token
