// Loads the configured auth schemes.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>

#include "app/data_directory.h"
#include "app/plugin_board.h"
#include "auth/scheme_registry.h"
#include "config/config.h"

namespace molva::app {

// The bytes that sign tokens: from the configuration, or the node's own, made on the first start.
// Errors: kInvalidArgument for a key that is not base64 or too short; those of the disk.
absl::StatusOr<std::string> TokenKey(const config::Config& config, const DataDirectory& data);

// Opens the plugin of each scheme and adds it to `registry`, in the order of the configuration.
// Errors: those of the plugins and of the token key.
absl::Status OpenSchemes(const config::Config& config, const DataDirectory& data,
                         PluginBoard& board, auth::SchemeRegistry& registry);

}  // namespace molva::app
