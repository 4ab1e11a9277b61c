// What the configuration says of contacts and codes.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>

#include "app/plugin_board.h"
#include "auth/login_throttle.h"
#include "auth/scheme_registry.h"
#include "config/config.h"
#include "session/server_info.h"
#include "validation/reset_codes.h"
#include "validation/validator_registry.h"

namespace molva::app {

// The rules of one method.
// Errors: kInvalidArgument: a list that names no level, or a method that is not there; a fixed code
//         on a node that is not one for tests.
absl::StatusOr<validation::Rules> RulesOf(const config::Config& config, const std::string& method);

// Opens the plugin of each method and adds it to `registry`.
// Errors: those of the plugins and of RulesOf.
absl::Status OpenValidators(const config::Config& config, PluginBoard& board,
                            validation::ValidatorRegistry& registry);

validation::ResetLimits ResetLimitsOf(const config::Config& config);
// How many letters one contact gets.
auth::LoginThrottle::Limits LetterLimits(const config::Config& config);
// Which credentials accounts need, for the reply to hi.
void Announce(const validation::ValidatorRegistry& registry, session::ServerInfo& info);

// Takes auth.logical_names over.
// Errors: kInvalidArgument, with the pair that is wrong.
absl::Status RenameSchemes(const config::Config& config, auth::SchemeRegistry& registry);

}  // namespace molva::app
