// The servers by which two clients in a call find a way to each other, as clients get them.
#pragma once

#include <absl/status/statusor.h>

#include "config/config.h"
#include "model/raw_json.h"

namespace molva::app {

// A JSON array for the reply to hi; absent if none is configured, and then there are no calls.
// Errors: kInvalidArgument, naming the setting.
// Source: docs/protocol messages §7.
absl::StatusOr<model::RawJson> IceServersOf(const config::Config& config);

}  // namespace molva::app
