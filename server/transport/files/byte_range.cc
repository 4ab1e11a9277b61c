#include "transport/files/byte_range.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "base/strings.h"

namespace molva::transport {
namespace {

// Digits alone; what is too large for us is larger than any file.
std::optional<std::int64_t> ParseNumber(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (stop != end) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::numeric_limits<std::int64_t>::max();
  return number;
}

ByteRange Last(std::int64_t count, std::int64_t size) {
  if (count == 0 || size == 0) return {ByteRange::Kind::kNone, 0, 0};
  const std::int64_t length = std::min(count, size);
  return {ByteRange::Kind::kPart, size - length, length};
}

}  // namespace

ByteRange ParseRange(std::string_view header, std::int64_t size_bytes) {
  const ByteRange whole{ByteRange::Kind::kWhole, 0, size_bytes};
  constexpr std::string_view kUnit = "bytes=";
  if (base::AsciiLower(header.substr(0, kUnit.size())) != kUnit) return whole;
  const std::string_view range = base::TrimAscii(header.substr(kUnit.size()));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) return whole;
  const std::string_view first_text = range.substr(0, dash);
  const std::string_view last_text = range.substr(dash + 1);
  const std::optional<std::int64_t> last = ParseNumber(last_text);
  if (!last_text.empty() && !last.has_value()) return whole;
  if (first_text.empty()) return last.has_value() ? Last(*last, size_bytes) : whole;
  const std::optional<std::int64_t> first = ParseNumber(first_text);
  if (!first.has_value() || (last.has_value() && *last < *first)) return whole;
  if (*first >= size_bytes) return {ByteRange::Kind::kNone, 0, 0};
  const std::int64_t end = std::min(last.value_or(size_bytes - 1), size_bytes - 1);
  return {ByteRange::Kind::kPart, *first, end - *first + 1};
}

}  // namespace molva::transport
