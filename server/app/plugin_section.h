// A plugin's section of the configuration against what the plugin declares.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "config/config.h"
#include "plugin/declared_setting.h"

namespace molva::app {

// What the plugin is told of `json`, an object: durations and sizes as numbers, everything else as
// it is.
//
// `section`: "auth_basic", as in [plugin.auth_basic]; problems name it, and the place in the file.
// Errors:    kInvalidArgument for a key that is not declared, a value of another type or out of
//            bounds, one that must be set and is not. Repeats no secret.
absl::StatusOr<std::string> CheckSection(const config::Config& config, std::string_view section,
                                         const plugin::DeclaredSettings& declared,
                                         const std::string& json);

// "a number from 1 to 64": what a setting takes.
std::string DescribeDeclared(const plugin::DeclaredSetting& setting);

}  // namespace molva::app
