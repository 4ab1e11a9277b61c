#include "sql_common/user_name.h"

#include <string_view>

namespace molva::sql_common {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr int kBits = 64;
constexpr int kBitsPerCharacter = 6;

}  // namespace

std::string UserName(std::uint64_t id) {
  // Base64 takes the bits of each byte from the top, and here the lowest byte comes first.
  const std::uint64_t bits = __builtin_bswap64(id);
  std::string name = "usr";
  for (int taken = 0; taken < kBits; taken += kBitsPerCharacter) {
    const int left = kBits - taken - kBitsPerCharacter;
    const std::uint64_t six = left >= 0 ? bits >> left : bits << -left;
    name += kAlphabet[six & 63];
  }
  return name;
}

}  // namespace molva::sql_common
