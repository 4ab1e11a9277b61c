#include "token.h"

#include <sodium.h>

namespace molva::auth_token {
namespace {

using Mac = std::array<unsigned char, crypto_auth_hmacsha256_BYTES>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Mac MacOf(std::string_view bytes, std::string_view key) {
  crypto_auth_hmacsha256_state state;
  Mac mac;
  crypto_auth_hmacsha256_init(&state, Bytes(key), key.size());
  crypto_auth_hmacsha256_update(&state, Bytes(bytes), bytes.size());
  crypto_auth_hmacsha256_final(&state, mac.data());
  return mac;
}

template <typename Integer>
void Append(std::string& out, Integer value) {
  for (std::size_t i = 0; i < sizeof value; ++i) {
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xff);
  }
}

template <typename Integer>
Integer ReadAt(std::string_view bytes, std::size_t place) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[place + i])} << (8 * i);
  }
  return static_cast<Integer>(value);
}

}  // namespace

std::string Sign(const Token& token, std::string_view key) {
  std::string bytes;
  Append(bytes, token.user);
  Append(bytes, token.expires);
  Append(bytes, token.level);
  Append(bytes, token.serial);
  Append(bytes, token.features);
  Append(bytes, token.login);
  const Mac mac = MacOf(bytes, key);
  bytes.append(mac.begin(), mac.end());
  return bytes;
}

bool IsSignedBy(std::string_view bytes, std::string_view key) {
  const Mac mac = MacOf(bytes.substr(0, kSignedBytes), key);
  return sodium_memcmp(mac.data(), bytes.data() + kSignedBytes, mac.size()) == 0;
}

Token Read(std::string_view bytes) {
  return {.user = ReadAt<std::uint64_t>(bytes, 0),
          .expires = ReadAt<std::uint32_t>(bytes, 8),
          .level = ReadAt<std::uint16_t>(bytes, 12),
          .serial = ReadAt<std::uint16_t>(bytes, 14),
          .features = ReadAt<std::uint16_t>(bytes, 16),
          .login = ReadAt<std::uint64_t>(bytes, 18)};
}

}  // namespace molva::auth_token
