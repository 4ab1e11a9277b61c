#include "clients/cli/retention.h"

#include <fmt/core.h>

#include <array>
#include <optional>

#include "clients/cli/duration_text.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

constexpr char kStayKey[] = "x-molva-ttl";
constexpr char kAgeKey[] = "x-molva-keep";
constexpr char kOnceKey[] = "x-molva-once";
constexpr char kForever[] = "forever";
constexpr char kNothing[] = "\u2421";  // clears a value. Source: docs/protocol messages §1

constexpr std::array kRules = {
    std::pair<std::string_view, RetentionNeed>{kStayKey, {"ttl", "messages for a time"}},
    std::pair<std::string_view, RetentionNeed>{kAgeKey, {"keep", "rule for old messages"}},
    std::pair<std::string_view, RetentionNeed>{kOnceKey, {"once", "deletion on delivery"}},
};

// JSON of what is to be stored.
absl::StatusOr<std::string> ValueOf(const std::string& time, SecondsRange range) {
  if (time == kForever) return JsonText(kNothing);
  MOLVA_ASSIGN_OR_RETURN(const std::int64_t seconds, ParseSeconds(time, range));
  return std::to_string(seconds);
}

std::optional<std::int64_t> SecondsAt(const molva::v1::ServerMeta& meta, const char* key) {
  const auto at = meta.aux().find(key);
  return at == meta.aux().end() ? std::nullopt : FindNumber(at->second, "");
}

}  // namespace

absl::StatusOr<RetentionChange> RetentionChange::Of(const Arguments& arguments) {
  RetentionChange change;
  if (arguments.words().size() > 1) {
    MOLVA_ASSIGN_OR_RETURN(change.aux[kStayKey], ValueOf(arguments.words()[1], kStay));
  }
  if (arguments.Has("history")) {
    MOLVA_ASSIGN_OR_RETURN(change.aux[kAgeKey], ValueOf(arguments.Get("history"), kAge));
  }
  if (arguments.Has("once")) {
    const std::string state = arguments.Get("once");
    if (state != "on" && state != "off") {
      return absl::InvalidArgumentError(fmt::format("--once is on or off, not '{}'", state));
    }
    change.aux[kOnceKey] = state == "on" ? "true" : JsonText(kNothing);
  }
  return change;
}

std::vector<RetentionNeed> NeedsOf(const RetentionChange& change) {
  std::vector<RetentionNeed> needs;
  for (const auto& [key, need] : kRules) {
    if (change.aux.contains(std::string(key))) needs.push_back(need);
  }
  return needs;
}

std::string RetentionText(const molva::v1::ServerMeta& meta) {
  const auto stay = SecondsAt(meta, kStayKey);
  const auto age = SecondsAt(meta, kAgeKey);
  const bool once = meta.aux().contains(kOnceKey);
  std::string text;
  if (stay.has_value()) text = fmt::format("Messages stay for {}.\n", SecondsText(*stay));
  if (age.has_value()) text += fmt::format("What is older than {} goes.\n", SecondsText(*age));
  if (once) text += "New messages go when all have them.\n";
  if (text.empty()) return "Messages stay for good.";
  text.pop_back();
  return text;
}

JsonObject RetentionObject(const molva::v1::ServerMeta& meta) {
  JsonObject object;
  if (const auto stay = SecondsAt(meta, kStayKey)) object.Number("ttl", *stay);
  if (const auto age = SecondsAt(meta, kAgeKey)) object.Number("history", *age);
  if (meta.aux().contains(kOnceKey)) object.Flag("once", true);
  return object;
}

}  // namespace molva::cli
