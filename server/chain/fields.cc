#include "chain/fields.h"

#include "base/status_macros.h"
#include "base/strings.h"
#include "chain/hash.h"
#include "model/access_mode.h"
#include "wire/decode_limits.h"

namespace molva::chain {
namespace {

constexpr std::size_t kMaxDomainBytes = 253;
constexpr std::size_t kMaxUserBytes = 14 + 1 + kMaxDomainBytes;  // usr… @ domain
constexpr std::size_t kMaxTopicBytes = kMaxUserBytes * 2 + 1;    // two joined by +
constexpr std::size_t kMaxModeBytes = 8;                         // JRWPASDO
constexpr std::int64_t kMaxMilliseconds = 253'402'300'799'999;   // the end of the year 9999

absl::Status CheckText(std::string_view text, std::size_t max_bytes, std::string_view field) {
  if (text.empty()) return Refuse(field, "is missing");
  return text.size() <= max_bytes ? absl::OkStatus() : Refuse(field, "is too long");
}

}  // namespace

absl::Status Refuse(std::string_view field, std::string_view why) {
  return absl::InvalidArgumentError(base::ToAbsl(std::string(field).append(" ").append(why)));
}

absl::Status CheckUser(std::string_view name, std::string_view field) {
  return CheckText(name, kMaxUserBytes, field);
}
absl::Status CheckTopic(std::string_view name, std::string_view field) {
  return CheckText(name, kMaxTopicBytes, field);
}
absl::Status CheckDomain(std::string_view name, std::string_view field) {
  return CheckText(name, kMaxDomainBytes, field);
}

absl::Status CheckMode(std::string_view mode, std::string_view field) {
  const bool ok = mode.size() <= kMaxModeBytes && model::AccessMode::Parse(mode).ok();
  return ok ? absl::OkStatus() : Refuse(field, "is no access mode");
}

absl::Status CheckHash(std::string_view hash, std::string_view field) {
  return hash.size() == kHashBytes ? absl::OkStatus() : Refuse(field, "is no hash");
}

absl::Status CheckPlace(std::int64_t number, std::string_view prev, std::string_view field) {
  if (number < 1) return Refuse(field, "is below 1");
  if (number > 1) return CheckHash(prev, "prev");
  return prev.empty() ? absl::OkStatus() : Refuse("prev", "stands before the first");
}

absl::StatusOr<absl::Time> ReadTime(std::int64_t milliseconds, std::string_view field) {
  if (milliseconds < 0 || milliseconds > kMaxMilliseconds) return Refuse(field, "is no time");
  return absl::FromUnixMillis(milliseconds);
}

JsonFieldReader::JsonFieldReader() : checker_(wire::DecodeLimits{}.max_depth) {}

absl::Status JsonFieldReader::Read(std::string_view text, std::string_view field,
                                   model::RawJson& out) {
  return checker_.Read(text, out).ok() ? absl::OkStatus() : Refuse(field, "is not JSON");
}

absl::Status JsonFieldReader::ReadObject(std::string_view text, std::string_view field,
                                         model::RawJson& out) {
  MOLVA_RETURN_IF_ERROR(Read(text, field, out));
  if (out.empty() || out.text.front() == '{') return absl::OkStatus();
  return Refuse(field, "is no JSON object");
}

absl::Status JsonFieldReader::ReadExact(std::string_view text, std::string_view field,
                                        model::RawJson& out) {
  MOLVA_RETURN_IF_ERROR(Read(text, field, out));
  return out.text == text && !text.empty() ? absl::OkStatus()
                                           : Refuse(field, "is not exactly one JSON value");
}

}  // namespace molva::chain
