#include "number.h"

namespace molva::validator_tel {
namespace {

constexpr std::size_t kMaxTextBytes = 64;
constexpr std::size_t kMinDigits = 7;
constexpr std::size_t kMaxDigits = 15;  // E.164 §6.2

constexpr std::string_view kAmericanCode = "1";
constexpr std::size_t kAmericanDigits = 11;  // with the code

Outcome NoNumber(const char* why) { return {MOLVA_MALFORMED, why}; }

// North American Numbering Plan: neither area nor exchange begins with 0 or 1.
bool IsAmerican(std::string_view digits) {
  return digits.size() == kAmericanDigits && digits[1] >= '2' && digits[4] >= '2';
}

// `digits` as dialled within `region`, with the code of the country before them.
std::string FromWithin(std::string_view digits, const Region& region) {
  const bool has_trunk = !region.trunk.empty() && region.trunk != "*";
  if (has_trunk && digits.starts_with(region.trunk)) digits.remove_prefix(region.trunk.size());
  return std::string(region.code).append(digits);
}

}  // namespace

Outcome NormaliseNumber(std::string_view text, const Region& region, std::string* normal) {
  constexpr std::string_view kBetween = " .-/()";
  if (text.size() > kMaxTextBytes) return NoNumber("the number is over 64 bytes");
  const bool is_full = text.starts_with('+');
  if (is_full) text.remove_prefix(1);
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (kBetween.find(c) == std::string_view::npos) {
      return NoNumber("the number has other characters than digits");
    }
  }
  if (!is_full) digits = FromWithin(digits, region);
  const Region* country = is_full ? FindRegionOfNumber(digits) : &region;
  if (country == nullptr) return NoNumber("there is no such country code");
  if (digits.size() < kMinDigits || digits.size() > kMaxDigits) {
    return NoNumber("the number has too few or too many digits");
  }
  if (country->code == kAmericanCode && !IsAmerican(digits)) {
    return NoNumber("that is no number of the North American plan");
  }
  if (digits[country->code.size()] == '0' && country->trunk != "*") {
    return NoNumber("no number of that country begins with 0");
  }
  *normal = "+" + digits;
  return Done();
}

}  // namespace molva::validator_tel
