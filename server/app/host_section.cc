#include "app/host_section.h"

#include <fmt/core.h>

#include <utility>

#include "app/plugin_section.h"
#include "base/status_macros.h"
#include "model/raw_json.h"
#include "plugin/declared_setting.h"

namespace molva::app {
namespace {

constexpr char kDeadline[] = "deadline";
constexpr char kOnFailure[] = "on_failure";

// A topic stands still as long as one of its messages waits.
constexpr std::int64_t kLeastDeadlineMillis = 10;
constexpr std::int64_t kMostDeadlineMillis = 30'000;

plugin::DeclaredSettings DeclaredByHost() {
  plugin::DeclaredSettings rows(2);
  rows[0].name = kDeadline;
  rows[0].type = MOLVA_SETTING_DURATION;
  rows[0].standard = "2s";
  rows[0].lowest = kLeastDeadlineMillis;
  rows[0].highest = kMostDeadlineMillis;
  rows[0].meaning = "How long the plugin may take to answer.";
  rows[1].name = kOnFailure;
  rows[1].type = MOLVA_SETTING_TEXT;
  rows[1].standard = "closed";
  rows[1].meaning = "What happens without an answer.";
  return rows;
}

// The object that `fields` are the members of, also if there are none.
std::string ObjectOf(const model::JsonFields& fields) {
  return fields.empty() ? "{}" : model::JsonObject(fields).text;
}

}  // namespace

absl::StatusOr<HostSection> SplitSection(const config::Config& config, std::string_view section,
                                         const std::string& json) {
  model::JsonFields own;
  model::JsonFields hosts;
  for (auto& field : model::ParseJsonFields({json})) {
    const bool is_hosts = field.first == kDeadline || field.first == kOnFailure;
    (is_hosts ? hosts : own).push_back(std::move(field));
  }
  HostSection split;
  split.own = ObjectOf(own);
  MOLVA_ASSIGN_OR_RETURN(const std::string checked,
                         CheckSection(config, section, DeclaredByHost(), ObjectOf(hosts)));
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
  return split;
}

}  // namespace molva::app
