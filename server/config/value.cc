#include "config/value.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/check.h"
#include "base/strings.h"
#include "config/json_text.h"

namespace molva::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
// Largest first, as the printer tries them.
constexpr std::array<Unit, 4> kSizeUnits = {
    {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}};
constexpr std::array<Unit, 5> kTimeUnits = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A number, perhaps a space, a unit; a bare number counts in units of one if `bare` allows it.
enum class BareNumber { kAllowed, kOnlyZero };
template <std::size_t kCount>
std::optional<std::int64_t> ParseQuantity(std::string_view text,
                                          const std::array<Unit, kCount>& units, BareNumber bare) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::optional<std::int64_t> number = ParseInteger(text.substr(0, digits));
  if (!number.has_value()) return std::nullopt;
  const std::string_view name = base::TrimAscii(text.substr(digits));
  if (name.empty() && (bare == BareNumber::kAllowed || *number == 0)) return number;
  for (const Unit& unit : units) {
    std::int64_t product = 0;
    if (unit.name == name && !__builtin_mul_overflow(*number, unit.factor, &product)) {
      return product;
    }
  }
  return std::nullopt;
}

template <std::size_t kCount>
std::string FormatQuantity(std::int64_t number, const std::array<Unit, kCount>& units,
                           std::string_view space) {
  for (const Unit& unit : units) {
    if (number != 0 && number % unit.factor == 0) {
      return fmt::format("{}{}{}", number / unit.factor, space, unit.name);
    }
  }
  return fmt::format("{}", number);
}

std::string FormatNumber(const Setting& row, std::int64_t number) {
  if (row.type == Type::kSize) return FormatQuantity(number, kSizeUnits, " ");
  if (row.type == Type::kDuration) return FormatQuantity(number, kTimeUnits, "");
  return std::to_string(number);
}

bool IsAddress(const Setting& row, std::string_view text) {
  constexpr std::string_view kUnixPath = "unix:/";
  if (text.starts_with(kUnixPath)) return row.choices == "unix" && text.size() > kUnixPath.size();
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view host = text.substr(0, colon);
  const std::optional<std::int64_t> port = ParseInteger(text.substr(colon + 1));
  if (!port.has_value() || *port < 0 || *port > 65535) return false;
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  return bracketed || host.find_first_of(":[] ") == std::string_view::npos;
}

std::string QuoteToml(std::string_view text) { return QuoteJson(text); }

absl::Status Refuse(const Setting& row, std::string_view shown) {
  return absl::InvalidArgumentError(
      fmt::format("{} is {}, but must be {}", row.name, shown, DescribeAllowed(row)));
}

// What an error may show of a value.
std::string Shown(const Setting& row, std::string_view text) {
  if (row.type == Type::kSecret) return "a secret";
  constexpr std::size_t kMostShownBytes = 80;
  if (text.size() <= kMostShownBytes) return QuoteJson(text);
  return fmt::format("a text of {} bytes", text.size());
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  for (const std::string_view word : base::SplitWords(text, ',')) {
    if (const std::string_view item = base::TrimAscii(word); !item.empty())
      items.emplace_back(item);
  }
  return items;
}

std::string Bounds(const Setting& row) {
  if (row.highest == std::numeric_limits<std::int64_t>::max()) {
    return fmt::format("of at least {}", FormatNumber(row, row.lowest));
  }
  return fmt::format("from {} to {}", FormatNumber(row, row.lowest),
                     FormatNumber(row, row.highest));
}

std::string DescribeChoices(const Setting& row) {
  std::string list = "one of";
  for (const std::string_view word : base::SplitWords(row.choices, ' ')) {
    list += fmt::format(" \"{}\"", word);
  }
  return list;
}

bool HasControlCharacter(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

// Paths end at a zero byte and logs at a line end: no setting needs such bytes.
bool HasControlCharacter(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return HasControlCharacter(*text);
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  return list != nullptr && std::any_of(list->begin(), list->end(), [](const std::string& item) {
           return HasControlCharacter(item);
         });
}

bool IsChoice(const Setting& row, std::string_view text) {
  for (const std::string_view word : base::SplitWords(row.choices, ' ')) {
    if (word == text) return true;
  }
  return false;
}

}  // namespace

std::string DescribeAllowed(const Setting& row) {
  switch (row.type) {
    case Type::kBool:
      return "true or false";
    case Type::kInteger:
      return fmt::format("a number {}", Bounds(row));
    case Type::kSize:
      return fmt::format("a size {}", Bounds(row));
    case Type::kDuration:
      return fmt::format("a duration {}", Bounds(row));
    case Type::kText:
      return fmt::format("a text {} bytes long", Bounds(row));
    case Type::kChoice:
      return DescribeChoices(row);
    case Type::kTextList:
      return fmt::format("a list {} texts long", Bounds(row));
    case Type::kAddress:
      return fmt::format("host:port{}{}", row.choices == "unix" ? ", unix:/path" : "",
                         row.lowest == 0 ? ", or \"\" for none" : "");
    case Type::kSecret:
      return fmt::format("a text {} bytes long", Bounds(row));
  }
  MOLVA_CHECK(false, "a setting has a type outside its enum");
}

absl::StatusOr<Value> ParseValue(const Setting& row, std::string_view text) {
  if (!base::IsValidUtf8(text)) return Refuse(row, "not UTF-8");
  std::optional<Value> value;
  switch (row.type) {
    case Type::kBool:
      if (text == "true" || text == "false") value = text == "true";
      break;
    case Type::kInteger:
      value = ParseInteger(text);
      break;
    case Type::kSize:
      value = ParseQuantity(text, kSizeUnits, BareNumber::kAllowed);
      break;
    case Type::kDuration:
      value = ParseQuantity(text, kTimeUnits, BareNumber::kOnlyZero);
      break;
    case Type::kTextList:
      value = SplitList(text);
      break;
    case Type::kText:
    case Type::kChoice:
    case Type::kAddress:
    case Type::kSecret:
      value = std::string(text);
      break;
  }
  if (!value.has_value()) return Refuse(row, Shown(row, text));
  if (absl::Status range = CheckRange(row, *value); !range.ok()) return range;
  return *std::move(value);
}

absl::Status CheckRange(const Setting& row, const Value& value) {
  if (HasControlCharacter(value)) return Refuse(row, "a text with control characters");
  const auto within = [&row](std::int64_t n) { return n >= row.lowest && n <= row.highest; };
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (!within(*number)) return Refuse(row, FormatNumber(row, *number));
  }
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    const auto count = static_cast<std::int64_t>(list->size());
    if (!within(count)) return Refuse(row, fmt::format("a list of {}", count));
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    const bool off = text->empty() && row.lowest == 0;
    const bool good = row.type == Type::kChoice    ? IsChoice(row, *text)
                      : row.type == Type::kAddress ? off || IsAddress(row, *text)
                      : row.type == Type::kSecret && text->empty()
                          ? true
                          : within(static_cast<std::int64_t>(text->size()));
    if (!good) return Refuse(row, Shown(row, *text));
  }
  return absl::OkStatus();
}

std::string FormatToml(const Setting& row, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    const std::string text = FormatNumber(row, *number);
    return row.type == Type::kInteger ? text : QuoteToml(text);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return row.type == Type::kSecret && !text->empty() ? "\"…\"" : QuoteToml(*text);
  }
  std::string list;
  for (const std::string& item : std::get<std::vector<std::string>>(value)) {
    list += fmt::format("{}{}", list.empty() ? "" : ", ", QuoteToml(item));
  }
  return fmt::format("[{}]", list);
}

std::string FormatJson(const Setting& row, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) {
    return row.type == Type::kSecret && !text->empty() ? "null" : QuoteJson(*text);
  }
  return FormatToml(row, value);
}

}  // namespace molva::config
