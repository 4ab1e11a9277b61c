#include "base/time_text.h"

#include <absl/time/civil_time.h>

#include <array>

#include "base/strings.h"

namespace molva::base {
namespace {

// Appends `value` with exactly `digits` digits.
void AppendDigits(std::string& out, std::int64_t value, int digits) {
  std::array<char, 8> text{};
  for (int i = digits - 1; i >= 0; --i) {
    text[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(text.data(), static_cast<std::size_t>(digits));
}

}  // namespace

void AppendTime(std::string& out, absl::Time time) {
  const std::int64_t millis = absl::ToUnixMillis(time + absl::Microseconds(500));
  const absl::CivilSecond civil =
      absl::ToCivilSecond(absl::FromUnixMillis(millis), absl::UTCTimeZone());
  AppendDigits(out, civil.year(), 4);
  out += '-';
  AppendDigits(out, civil.month(), 2);
  out += '-';
  AppendDigits(out, civil.day(), 2);
  out += 'T';
  AppendDigits(out, civil.hour(), 2);
  out += ':';
  AppendDigits(out, civil.minute(), 2);
  out += ':';
  AppendDigits(out, civil.second(), 2);
  if (const std::int64_t fraction = (millis % 1000 + 1000) % 1000; fraction != 0) {
    out += '.';
    AppendDigits(out, fraction, 3);
    while (out.back() == '0') out.pop_back();
  }
  out += 'Z';
}

bool ParseTime(std::string_view text, absl::Time& time) {
  std::string error;
  // Abseil also takes "infinite-future" and leading blanks, which no client means.
  if (text.empty() || text.front() < '0' || text.front() > '9') return false;
  return absl::ParseTime(absl::RFC3339_full, ToAbsl(text), &time, &error);
}

}  // namespace molva::base
