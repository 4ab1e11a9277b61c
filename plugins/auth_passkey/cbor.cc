#include "cbor.h"

namespace molva::auth_passkey {
namespace {

constexpr std::uint8_t kUnsigned = 0;
constexpr std::uint8_t kNegative = 1;
constexpr std::uint8_t kByteString = 2;
constexpr std::uint8_t kTextString = 3;
constexpr std::uint8_t kList = 4;
constexpr std::uint8_t kMap = 5;
constexpr std::uint8_t kSimple = 7;
constexpr std::uint8_t kLeastSimple = 20;  // false, true, null
constexpr std::uint8_t kMostSimple = 22;
constexpr std::uint64_t kMostInteger = INT64_MAX;

}  // namespace

std::optional<Cbor::Head> Cbor::TakeHead() {
  if (rest_.empty()) return std::nullopt;
  const auto first = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  Head head{.major = static_cast<std::uint8_t>(first >> 5), .value = first & 31U};
  if (head.major == kSimple) {
    return head.value >= kLeastSimple && head.value <= kMostSimple ? std::optional(head)
                                                                   : std::nullopt;
  }
  if (head.value < 24) return head;
  if (head.value > 27) return std::nullopt;  // no length, or one without an end
  const std::size_t size = std::size_t{1} << (head.value - 24);
  if (rest_.size() < size) return std::nullopt;
  head.value = 0;
  for (const char c : rest_.substr(0, size)) {
    head.value = head.value << 8 | static_cast<std::uint8_t>(c);
  }
  rest_.remove_prefix(size);
  const std::uint64_t least = size == 1 ? 24 : std::uint64_t{1} << (4 * size);
  return head.value >= least ? std::optional(head) : std::nullopt;
}

std::optional<std::int64_t> Cbor::TakeInteger() {
  const std::optional<Head> head = TakeHead();
  if (!head.has_value() || head->major > kNegative || head->value > kMostInteger) {
    return std::nullopt;
  }
  const auto value = static_cast<std::int64_t>(head->value);
  return head->major == kUnsigned ? value : -1 - value;
}

std::optional<std::string_view> Cbor::TakeString(std::uint8_t major) {
  const std::optional<Head> head = TakeHead();
  if (!head.has_value() || head->major != major || head->value > rest_.size()) return std::nullopt;
  const std::string_view text = rest_.substr(0, head->value);
  rest_.remove_prefix(text.size());
  return text;
}

std::optional<std::string_view> Cbor::TakeBytes() { return TakeString(kByteString); }
std::optional<std::string_view> Cbor::TakeText() { return TakeString(kTextString); }

std::optional<std::uint64_t> Cbor::TakeMap() {
  const std::optional<Head> head = TakeHead();
  if (!head.has_value() || head->major != kMap || head->value > rest_.size()) return std::nullopt;
  return head->value;
}

bool Cbor::SkipWithin(int depth) {
  const std::optional<Head> head = TakeHead();
  if (!head.has_value()) return false;
  if (head->major == kByteString || head->major == kTextString) {
    if (head->value > rest_.size()) return false;
    rest_.remove_prefix(head->value);
    return true;
  }
  if (head->major != kList && head->major != kMap) return head->major != 6;  // a tag
  if (depth == 0 || head->value > rest_.size()) return false;
  const std::uint64_t items = head->major == kMap ? 2 * head->value : head->value;
  for (std::uint64_t i = 0; i < items; ++i) {
    if (!SkipWithin(depth - 1)) return false;
  }
  return true;
}

}  // namespace molva::auth_passkey
