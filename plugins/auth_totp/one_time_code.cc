#include "one_time_code.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <array>
#include <cstdio>

namespace molva::auth_totp {
namespace {

constexpr std::uint32_t kModulus = 1'000'000;

std::optional<std::uint32_t> Base32Digit(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a');
  if (c >= '2' && c <= '7') return static_cast<std::uint32_t>(c - '2' + 26);
  return std::nullopt;
}

}  // namespace

std::string CodeOf(std::string_view secret, std::int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i) {
    counter[i] = static_cast<unsigned char>(step >> (56 - 8 * i));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(),
           counter.size(), mac.data(), &size) == nullptr) {
    return {};  // no code is empty: nobody is let in
  }
  const std::size_t at = mac[size - 1] & 0x0f;
  const std::uint32_t number = (mac[at] & 0x7fU) << 24 | std::uint32_t{mac[at + 1]} << 16 |
                               std::uint32_t{mac[at + 2]} << 8 | mac[at + 3];
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%06u", number % kModulus);
  return text.data();
}

std::optional<std::int64_t> FindStep(std::string_view secret, std::string_view code,
                                     std::int64_t now_millis, std::int64_t after) {
  std::optional<std::int64_t> found;
  const std::int64_t present = now_millis / kStepMillis;
  for (std::int64_t step = present - 1; step <= present + 1; ++step) {
    const std::string made = CodeOf(secret, step);
    const bool is_same = made.size() == kCodeDigits && code.size() == kCodeDigits &&
                         sodium_memcmp(made.data(), code.data(), kCodeDigits) == 0;
    if (is_same && step > after) found = step;
  }
  return found;
}

std::optional<std::string> DecodeBase32(std::string_view text) {
  std::string bytes;
  std::uint32_t held = 0;
  int bits = 0;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    const std::optional<std::uint32_t> digit = Base32Digit(c);
    if (!digit.has_value()) return std::nullopt;
    held = (held << 5 | *digit) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(held >> bits & 0xff);
  }
  return bytes;
}

}  // namespace molva::auth_totp
