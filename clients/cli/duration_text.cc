#include "clients/cli/duration_text.h"

#include <absl/status/status.h>
#include <fmt/core.h>

#include <charconv>
#include <string_view>

namespace molva::cli {
namespace {

constexpr std::int64_t kMaxNumber = 1'000'000'000;

// 0 for what is no unit.
std::int64_t SecondsIn(std::string_view unit) {
  if (unit.empty() || unit == "s") return 1;
  if (unit == "m") return 60;
  if (unit == "h") return 60 * 60;
  if (unit == "d") return 24 * 60 * 60;
  return 0;
}

}  // namespace

absl::StatusOr<std::int64_t> ParseSeconds(const std::string& text, SecondsRange range) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::int64_t unit = SecondsIn(std::string_view(rest, static_cast<std::size_t>(end - rest)));
  if (error != std::errc() || number < 1 || number > kMaxNumber || unit == 0) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' is no time; write seconds, or a number and s, m, h or d, as 12h", text));
  }
  const std::int64_t seconds = number * unit;
  if (seconds < range.low || seconds > range.high) {
    return absl::InvalidArgumentError(fmt::format("'{}' is not from {} to {}", text,
                                                  SecondsText(range.low), SecondsText(range.high)));
  }
  return seconds;
}

std::string SecondsText(std::int64_t seconds) {
  for (const std::string_view unit : {"d", "h", "m"}) {
    if (seconds % SecondsIn(unit) == 0) return fmt::format("{}{}", seconds / SecondsIn(unit), unit);
  }
  return fmt::format("{}s", seconds);
}

}  // namespace molva::cli
