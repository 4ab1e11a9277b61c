// What a plugin's section of the configuration says to the host, apart from what is the plugin's.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>
#include <string_view>

#include "config/config.h"
#include "molva/plugin.h"

namespace molva::app {

// The keys `deadline`, `on_failure` of moderation and `vouches` of discovery, and the rest.
struct HostSection {
  std::string own;  // an object without them
  absl::Duration deadline;
  bool is_open = false;  // on_failure
  bool vouches = false;  // what it says of a domain that is not known yet is enough
};

// Whether the host has keys in the sections of this kind.
bool HasHostKeys(molva_kind kind);

// `json`: the section as an object. What it does not say has its default: 2s, closed, false.
// Errors: kInvalidArgument for a key of the host with a value that is none, and its place.
absl::StatusOr<HostSection> SplitSection(const config::Config& config, molva_kind kind,
                                         std::string_view section, const std::string& json);

}  // namespace molva::app
