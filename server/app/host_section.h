// What a plugin's section of the configuration says to the host, apart from what is the plugin's.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>
#include <string_view>

#include "config/config.h"

namespace molva::app {

// The keys `deadline` and `on_failure`, and the rest.
struct HostSection {
  std::string own;  // an object without them
  absl::Duration deadline;
  bool is_open = false;  // on_failure
};

// `json`: the section as an object. What it does not say has its default: 2s, closed.
// Errors: kInvalidArgument for a key of the host with a value that is none, and its place.
absl::StatusOr<HostSection> SplitSection(const config::Config& config, std::string_view section,
                                         const std::string& json);

}  // namespace molva::app
