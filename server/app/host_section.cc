#include "app/host_section.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "app/plugin_section.h"
#include "base/status_macros.h"
#include "model/raw_json.h"
#include "plugin/declared_setting.h"

namespace molva::app {
namespace {

constexpr char kDeadline[] = "deadline";
constexpr char kOnFailure[] = "on_failure";
constexpr char kVouches[] = "vouches";

// A topic stands still as long as one of its messages waits.
constexpr std::int64_t kLeastDeadlineMillis = 10;
constexpr std::int64_t kMostDeadlineMillis = 30'000;

plugin::DeclaredSettings DeclaredByHost(molva_kind kind) {
  plugin::DeclaredSetting deadline;
  deadline.name = kDeadline;
  deadline.type = MOLVA_SETTING_DURATION;
  deadline.standard = "2s";
  deadline.lowest = kLeastDeadlineMillis;
  deadline.highest = kMostDeadlineMillis;
  deadline.meaning = "How long the plugin may take to answer.";
  plugin::DeclaredSetting other;
  if (kind == MOLVA_KIND_MODERATION) {
    other.name = kOnFailure;
    other.type = MOLVA_SETTING_TEXT;
    other.standard = "closed";
    other.meaning = "What happens without an answer.";
  } else {
    other.name = kVouches;
    other.type = MOLVA_SETTING_BOOL;
    other.standard = "false";
    other.meaning = "Whether it is believed about servers that are not known yet.";
  }
  return {deadline, other};
}

// The object that `fields` are the members of, also if there are none.
std::string ObjectOf(const model::JsonFields& fields) {
  return fields.empty() ? "{}" : model::JsonObject(fields).text;
}

}  // namespace

bool HasHostKeys(molva_kind kind) {
  return kind == MOLVA_KIND_MODERATION || kind == MOLVA_KIND_DISCOVERY;
}

absl::StatusOr<HostSection> SplitSection(const config::Config& config, molva_kind kind,
                                         std::string_view section, const std::string& json) {
  const plugin::DeclaredSettings declared = DeclaredByHost(kind);
  model::JsonFields own;
  model::JsonFields hosts;
  for (auto& field : model::ParseJsonFields({json})) {
    const bool is_hosts = std::any_of(declared.begin(), declared.end(), [&field](const auto& one) {
      return one.name == field.first;
    });
    (is_hosts ? hosts : own).push_back(std::move(field));
  }
  HostSection split;
  split.own = ObjectOf(own);
  MOLVA_ASSIGN_OR_RETURN(const std::string checked,
                         CheckSection(config, section, declared, ObjectOf(hosts)));
  const model::JsonFields values = model::ParseJsonFields({checked});
  split.deadline = absl::Seconds(2);
  if (const model::RawJson* deadline = model::FindField(values, kDeadline)) {
    split.deadline = absl::Milliseconds(std::stoll(deadline->text));
  }
  if (const model::RawJson* on_failure = model::FindField(values, kOnFailure)) {
    const std::string word = model::ParseJsonText(*on_failure).value_or("");
    if (word != "open" && word != "closed") {
      return absl::InvalidArgumentError(
          fmt::format("{}: plugin.{}.{} must be \"open\" or \"closed\"",
                      config.PluginPlace(section, kOnFailure), section, kOnFailure));
    }
    split.is_open = word == "open";
  }
  const model::RawJson* vouches = model::FindField(values, kVouches);
  split.vouches = vouches != nullptr && vouches->text == "true";
  return split;
}

}  // namespace molva::app
