#include "app/plugin_rules.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "app/plugin_section.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "config/json_text.h"
#include "plugin/declared_setting.h"

namespace molva::app {
namespace {

using runtime::OnFailure;

constexpr std::int64_t kLongestMillis = 3'600'000;

// What every section may hold.
const plugin::DeclaredSettings& CommonSettings() {
  static const plugin::DeclaredSettings kSettings = {
      {MOLVA_SETTING_DURATION, "deadline", "", "For one call.", 10, kLongestMillis},
      {MOLVA_SETTING_TEXT, "on_failure", "", "What a call without an answer comes to.", 0, 0},
      {MOLVA_SETTING_NUMBER, "breaker_after", "", "Calls without an answer in a row.", 1, 1000},
      {MOLVA_SETTING_DURATION, "breaker_pause", "", "How long it is then left alone.", 10,
       kLongestMillis},
  };
  return kSettings;
}

bool IsCommon(std::string_view name) {
  const plugin::DeclaredSettings& all = CommonSettings();
  return std::any_of(all.begin(), all.end(), [name](const auto& one) { return one.name == name; });
}

// What holds for plugins of a kind if nothing is set. A deadline is longer than what plugins that
// come with the server allow those whom they ask.
struct KindRow {
  molva_kind kind;
  absl::Duration deadline;
  int breaker_after;
  OnFailure on_failure;
  std::string_view why;  // it cannot be otherwise
};
const std::array<KindRow, 4>& KindRows() {
  static const std::array<KindRow, 4> kRows = {{
      {MOLVA_KIND_AUTH, absl::Seconds(15), 5, OnFailure::kClosed,
       "who was not checked is not let in"},
      {MOLVA_KIND_VALIDATOR, absl::Seconds(45), 5, OnFailure::kClosed,
       "a contact that nobody has looked at is none"},
      {MOLVA_KIND_PUSH, absl::Minutes(2), 1, OnFailure::kOpen, "messages do not wait for pushes"},
      {MOLVA_KIND_MEDIA, absl::Minutes(1), 5, OnFailure::kClosed,
       "there are no bytes but those that it has"},
  }};
  return kRows;
}

const KindRow& RowOf(molva_kind kind) {
  const auto& rows = KindRows();
  return *std::find_if(rows.begin(), rows.end() - 1,
                       [kind](const KindRow& row) { return row.kind == kind; });
}

std::string_view TextOf(OnFailure policy) { return policy == OnFailure::kOpen ? "open" : "closed"; }

int ThreadsOf(const config::Config& config, const plugin::Library& library) {
  const auto setting = [&config](std::string_view name) {
    return static_cast<int>(config.Integer(name));
  };
  switch (library.kind()) {
    case MOLVA_KIND_AUTH:
      // What burns CPU gains nothing by more threads than there are cores, what waits does.
      return (library.auth_api().traits & MOLVA_AUTH_WAITS) != 0 ? setting("validation.workers")
                                                                 : setting("runtime.workers");
    case MOLVA_KIND_VALIDATOR:
      return setting("validation.workers");
    case MOLVA_KIND_MEDIA:
      return setting("media.workers");
    default:
      return 1;
  }
}

// Checks that take microseconds may be many at once: all who come back after a restart show tokens.
constexpr std::size_t kMostQuickCalls = 65'536;

std::size_t HeldOf(const config::Config& config, const plugin::Library& library) {
  const bool is_quick =
      library.kind() == MOLVA_KIND_AUTH && (library.auth_api().traits & MOLVA_AUTH_QUICK) != 0;
  return is_quick ? kMostQuickCalls
                  : static_cast<std::size_t>(config.Integer("runtime.worker_queue"));
}

absl::Status WrongPolicy(const config::Config& config, std::string_view section,
                         const KindRow& row) {
  const std::string place = config.PluginPlace(section, "on_failure");
  return absl::InvalidArgumentError(
      fmt::format("{}plugin.{}.on_failure must be \"{}\", or not set: {}",
                  place.empty() ? "" : place + ": ", section, TextOf(row.on_failure), row.why));
}

// Of an object that has passed; what is not there stays as it is.
void TakeNumbers(const simdjson::dom::object& object, runtime::CallRules& rules) {
  std::int64_t number = 0;
  if (object["deadline"].get(number) == simdjson::SUCCESS) {
    rules.deadline = absl::Milliseconds(number);
  }
  if (object["breaker_after"].get(number) == simdjson::SUCCESS) {
    rules.breaker_after = static_cast<int>(number);
  }
  if (object["breaker_pause"].get(number) == simdjson::SUCCESS) {
    rules.breaker_pause = absl::Milliseconds(number);
  }
}

}  // namespace

bool HasRules(molva_kind kind) {
  const auto& rows = KindRows();
  return std::any_of(rows.begin(), rows.end(),
                     [kind](const KindRow& row) { return row.kind == kind; });
}

void SetCapacity(const config::Config& config, const plugin::Library& library,
                 runtime::CallRules& rules) {
  rules.threads = ThreadsOf(config, library);
  rules.max_held = HeldOf(config, library);
}

absl::StatusOr<RuledSection> SplitRules(const config::Config& config, molva_kind kind,
                                        std::string_view section, const std::string& json) {
  const KindRow& row = RowOf(kind);
  RuledSection split;
  split.rules.deadline = row.deadline;
  split.rules.breaker_after = row.breaker_after;
  split.rules.on_failure = row.on_failure;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json).get(object) != simdjson::SUCCESS) {
    return absl::InvalidArgumentError(fmt::format("plugin.{} is no table", section));
  }
  std::string ours;
  for (const auto [key, value] : object) {
    std::string& part = IsCommon(key) ? ours : split.json;
    part += fmt::format("{}{}:{}", part.empty() ? "" : ",", config::QuoteJson(key),
                        simdjson::minify(value));
  }
  split.json = "{" + split.json + "}";
  MOLVA_ASSIGN_OR_RETURN(const std::string checked,
                         CheckSection(config, section, CommonSettings(), "{" + ours + "}"));
  MOLVA_CHECK(parser.parse(checked).get(object) == simdjson::SUCCESS, "what is checked is JSON");
  std::string_view policy;
  if (object["on_failure"].get(policy) == simdjson::SUCCESS && policy != TextOf(row.on_failure)) {
    return WrongPolicy(config, section, row);
  }
  TakeNumbers(object, split.rules);
  return split;
}

}  // namespace molva::app
