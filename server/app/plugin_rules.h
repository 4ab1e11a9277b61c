// How patient the node is with a plugin: the settings that every plugin's section may hold.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "config/config.h"
#include "plugin/library.h"
#include "runtime/call_gate.h"

namespace molva::app {

// A section in two: what is the node's, and what is the plugin's.
struct RuledSection {
  runtime::CallRules rules;
  std::string json;  // an object without the settings of the node
};

// Whether plugins of `kind` are called through a gate, whose settings their sections may hold.
bool HasRules(molva_kind kind);

// Takes `deadline`, `on_failure`, `breaker_after` and `breaker_pause` out of `json`, an object;
// what is not set is as the kind, which has rules, has it.
//
// `section`: "auth_basic", as in [plugin.auth_basic]; problems name it, and the place in the file.
// Errors:    kInvalidArgument for another type, a value out of bounds, an `on_failure` that the
//            kind does not have.
absl::StatusOr<RuledSection> SplitRules(const config::Config& config, molva_kind kind,
                                        std::string_view section, const std::string& json);

// How many calls of `library` are made at once, and how many may wait.
void SetCapacity(const config::Config& config, const plugin::Library& library,
                 runtime::CallRules& rules);

}  // namespace molva::app
