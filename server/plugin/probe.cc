#include "plugin/probe.h"

#include <fmt/core.h>

#include <charconv>
#include <string_view>
#include <utility>

#include "base/strings.h"
#include "plugin/child_trial.h"
#include "plugin/library.h"

namespace molva::plugin {
namespace {

// Takes the first line off what a child tells. Names and versions that are not one line are no
// names.
std::string TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string line(text.substr(0, end));
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::int64_t TakeNumber(std::string_view& text) {
  const std::string line = TakeLine(text);
  std::int64_t number = 0;
  std::from_chars(line.data(), line.data() + line.size(), number);
  return number;
}

// None of the texts has a line feed: ReadDeclared has seen to that.
constexpr std::string_view kHasSettings = "settings";
constexpr std::string_view kHasDefault = "=";

void TellSettings(const DeclaredSettings& settings, int report) {
  Tell(report, fmt::format("{}\n", kHasSettings));
  for (const DeclaredSetting& one : settings) {
    Tell(report, fmt::format("{}\n{}\n{}{}\n{}\n{}\n{}\n", one.name, one.type,
                             one.standard.has_value() ? kHasDefault : "", one.standard.value_or(""),
                             one.lowest, one.highest, one.meaning));
  }
}

std::optional<DeclaredSettings> TakeSettings(std::string_view text) {
  if (TakeLine(text) != kHasSettings) return std::nullopt;
  DeclaredSettings settings;
  while (!text.empty()) {
    DeclaredSetting& one = settings.emplace_back();
    one.name = TakeLine(text);
    one.type = static_cast<molva_setting_type>(TakeNumber(text));
    std::string standard = TakeLine(text);
    if (standard.starts_with(kHasDefault)) one.standard = standard.substr(kHasDefault.size());
    one.lowest = TakeNumber(text);
    one.highest = TakeNumber(text);
    one.meaning = TakeLine(text);
  }
  return settings;
}

// In the child.
void TellOf(const std::string& path, int report) {
  const absl::StatusOr<Library> library = Library::Load(path);
  if (!library.ok()) {
    Tell(report, base::ToStd(library.status().message()));
    return Tell(report, kVerdictBad);
  }
  Tell(report, fmt::format("{}\n{}\n{}\n{}\n{}\n", KindName(library->kind()), library->name(),
                           library->version(), library->AbiText(), library->licence()));
  if (library->settings().has_value()) TellSettings(*library->settings(), report);
  Tell(report, kVerdictGood);
}

}  // namespace

absl::StatusOr<PluginFacts> ProbePlugin(const std::string& path,
                                        std::chrono::milliseconds deadline) {
  const Outcome outcome = TryInChild([&path](int report) { TellOf(path, report); }, deadline);
  if (outcome.ending == Ending::kPassed) {
    std::string_view told = outcome.why;
    PluginFacts facts;
    facts.kind = TakeLine(told);
    facts.name = TakeLine(told);
    facts.version = TakeLine(told);
    facts.abi = TakeLine(told);
    facts.licence = TakeLine(told);
    facts.settings = TakeSettings(told);
    return facts;
  }
  if (outcome.ending == Ending::kFailed) return absl::FailedPreconditionError(outcome.why);
  const std::string_view why = outcome.why;
  return absl::FailedPreconditionError(
      fmt::format("plugin {}: while it was loaded, {}", path, why.substr(0, why.find('\n'))));
}

}  // namespace molva::plugin
