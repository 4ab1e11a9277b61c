#include "app/validation.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "app/open_plugin.h"
#include "app/plugin_folder.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "plugin/validator_adapter.h"

namespace molva::app {
namespace {

using model::AuthLevel;

bool Names(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Two words around a colon.
struct Pair {
  std::string first;
  std::string second;
};

absl::StatusOr<Pair> Split(const std::string& text, std::string_view setting) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) {
    return absl::InvalidArgumentError(fmt::format("{}: \"{}\" has no colon", setting, text));
  }
  return Pair{text.substr(0, colon), text.substr(colon + 1)};
}

// Whose accounts need `method`. The list is of all methods; each of its pairs is looked at.
absl::StatusOr<std::vector<AuthLevel>> LevelsOf(const config::Config& config,
                                                const std::string& method) {
  constexpr char kSetting[] = "validation.required";
  std::vector<AuthLevel> levels;
  for (const std::string& text : config.List(kSetting)) {
    MOLVA_ASSIGN_OR_RETURN(const Pair pair, Split(text, kSetting));
    const AuthLevel level = model::ParseAuthLevel(pair.second);
    if (level == AuthLevel::kNone || !Names(config.List("validation.methods"), pair.first)) {
      return absl::InvalidArgumentError(fmt::format(
          "{}: \"{}\" must be a method of validation.methods, a colon, and anon, auth or root",
          kSetting, text));
    }
    if (pair.first == method) levels.push_back(level);
  }
  return levels;
}

}  // namespace

absl::StatusOr<validation::Rules> RulesOf(const config::Config& config, const std::string& method) {
  validation::Rules rules;
  MOLVA_ASSIGN_OR_RETURN(rules.required_for, LevelsOf(config, method));
  rules.adds_tags = Names(config.List("validation.add_to_tags"), method);
  rules.max_retries = static_cast<int>(config.Integer("validation.max_retries"));
  rules.code_length = static_cast<int>(config.Integer("validation.code_length"));
  rules.debug_response = config.Text("validation.debug_response");
  if (!rules.debug_response.empty() && !config.Bool("node.test")) {
    return absl::InvalidArgumentError(
        "validation.debug_response lets anybody confirm anything: it needs node.test = true");
  }
  return rules;
}

absl::Status OpenValidators(const config::Config& config, PluginBoard& board,
                            validation::ValidatorRegistry& registry) {
  for (const std::string& method : config.List("validation.methods")) {
    MOLVA_ASSIGN_OR_RETURN(validation::Rules rules, RulesOf(config, method));
    MOLVA_ASSIGN_OR_RETURN(
        std::unique_ptr<plugin::ValidatorPlugin> plugin,
        OpenPlugin<plugin::ValidatorPlugin>(config, board, MOLVA_KIND_VALIDATOR, method,
                                            ValidatorConfigJson(config, method)));
    MOLVA_RETURN_IF_ERROR(registry.Add(std::move(plugin), std::move(rules)));
  }
  return absl::OkStatus();
}

validation::ResetLimits ResetLimitsOf(const config::Config& config) {
  validation::ResetLimits limits;
  limits.lifetime = config.Duration("validation.reset_lifetime");
  limits.max_tries = static_cast<int>(config.Integer("validation.max_retries"));
  return limits;
}

auth::LoginThrottle::Limits LetterLimits(const config::Config& config) {
  auth::LoginThrottle::Limits limits;
  limits.account_failures = static_cast<int>(config.Integer("validation.letters_per_hour"));
  limits.window = absl::Hours(1);
  return limits;
}

void Announce(const validation::ValidatorRegistry& registry, session::ServerInfo& info) {
  for (const AuthLevel level : {AuthLevel::kAnon, AuthLevel::kAuth, AuthLevel::kRoot}) {
    std::vector<std::string> methods = registry.Required(level);
    if (!methods.empty()) info.required_credentials.emplace_back(level, std::move(methods));
  }
}

absl::Status RenameSchemes(const config::Config& config, auth::SchemeRegistry& registry) {
  constexpr char kSetting[] = "auth.logical_names";
  for (const std::string& text : config.List(kSetting)) {
    MOLVA_ASSIGN_OR_RETURN(const Pair pair, Split(text, kSetting));
    const absl::Status renamed = registry.Rename(pair.first, pair.second);
    if (renamed.ok()) continue;
    return absl::InvalidArgumentError(
        fmt::format("{}: \"{}\": {}", kSetting, text, base::ToStd(renamed.message())));
  }
  return absl::OkStatus();
}

}  // namespace molva::app
