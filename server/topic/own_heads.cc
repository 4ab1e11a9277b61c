#include "topic/own_heads.h"

#include <charconv>

#include "model/fault.h"

namespace molva::topic {
namespace {

constexpr char kUidKey[] = "x-molva-uid";
constexpr std::size_t kMaxUidBytes = 64;
constexpr absl::Duration kMinKeep = absl::Minutes(1);
constexpr absl::Duration kMaxKeep = absl::Hours(24 * 3660);

std::optional<absl::Duration> ParseSeconds(const model::RawJson& value, absl::Duration lowest,
                                           absl::Duration highest) {
  const char* end = value.text.data() + value.text.size();
  std::int32_t seconds = 0;
  const auto [at, error] = std::from_chars(value.text.data(), end, seconds);
  const absl::Duration stated = absl::Seconds(seconds);
  if (error != std::errc() || at != end || stated < lowest || stated > highest) return std::nullopt;
  return stated;
}

}  // namespace

std::optional<absl::Duration> ParseTtl(const model::RawJson& value) {
  return ParseSeconds(value, absl::Seconds(1), kMaxTtl);
}

std::optional<absl::Duration> ParseKeep(const model::RawJson& value) {
  return ParseSeconds(value, kMinKeep, kMaxKeep);
}

bool IsOnceValue(const model::RawJson& value) { return value.text == "true"; }

absl::StatusOr<OwnHeads> ReadOwnHeads(const model::JsonFields& head) {
  OwnHeads own;
  if (const model::RawJson* uid = model::FindField(head, kUidKey)) {
    own.uid = model::ParseJsonText(*uid).value_or("");
    if (own.uid.empty() || own.uid.size() > kMaxUidBytes) {
      return model::Fail(model::Fault::kMalformed, "a uid is a text of 1 to 64 bytes");
    }
  }
  if (const model::RawJson* ttl = model::FindField(head, kTtlKey)) {
    own.ttl = ParseTtl(*ttl);
    if (!own.ttl.has_value()) {
      return model::Fail(model::Fault::kMalformed, "a time to live is of 1 second to a year");
    }
  }
  if (const model::RawJson* once = model::FindField(head, kOnceKey)) {
    own.is_once = IsOnceValue(*once);
    if (!own.is_once) return model::Fail(model::Fault::kMalformed, "once is true or not there");
  }
  return own;
}

}  // namespace molva::topic
