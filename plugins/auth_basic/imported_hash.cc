#include "imported_hash.h"

#include <crypt.h>
#include <sodium.h>

#include <algorithm>
#include <memory>
#include <string>

namespace molva::auth_basic {
namespace {

constexpr std::size_t kHashLength = 60;
constexpr std::size_t kVariantAt = 2;
constexpr std::size_t kCostAt = 4;
constexpr std::size_t kSaltAt = 7;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsOfAlphabet(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
}

}  // namespace

bool IsImported(std::string_view hash) {
  if (hash.size() != kHashLength || !hash.starts_with("$2") || hash[3] != '$' || hash[6] != '$') {
    return false;
  }
  const char variant = hash[kVariantAt];
  if (variant != 'a' && variant != 'b' && variant != 'y') return false;
  if (!IsDigit(hash[kCostAt]) || !IsDigit(hash[kCostAt + 1])) return false;
  const int cost = (hash[kCostAt] - '0') * 10 + (hash[kCostAt + 1] - '0');
  return cost >= 4 && cost <= kMaxBcryptCost &&
         std::all_of(hash.begin() + kSaltAt, hash.end(), IsOfAlphabet);
}

bool MatchesImported(std::string_view hash, std::string_view password) {
  // For C the password would end there, and any with that beginning would match.
  if (password.find('\0') != std::string_view::npos) return false;
  // The three variants name one algorithm; under "2a" libcrypt spoils the hashes of some passwords
  // on purpose, to protect those that a faulty program of old has made.
  std::string setting(hash);
  setting[kVariantAt] = 'b';
  std::string phrase(password);
  const auto scratch = std::make_unique<crypt_data>();
  const char* made = crypt_r(phrase.c_str(), setting.c_str(), scratch.get());
  const bool matches = made != nullptr && std::string_view(made).size() == setting.size() &&
                       sodium_memcmp(made, setting.data(), setting.size()) == 0;
  sodium_memzero(scratch.get(), sizeof(crypt_data));
  sodium_memzero(phrase.data(), phrase.size());
  return matches;
}

}  // namespace molva::auth_basic
