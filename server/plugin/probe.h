// What a plugin library says of itself, asked where it can do no harm.
#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <optional>
#include <string>

#include "plugin/declared_setting.h"

namespace molva::plugin {

struct PluginFacts {
  std::string kind;  // "auth"
  std::string name;
  std::string version;
  std::string abi;      // "1.3"
  std::string licence;  // as SPDX writes it; empty if it does not say
  std::optional<DeclaredSettings> settings;
};

// Loads the library in a child process and asks for its table.
// Errors: as Library::Load; kFailedPrecondition also for one that crashes, ends the process or does
//         not answer within `deadline`.
absl::StatusOr<PluginFacts> ProbePlugin(const std::string& path,
                                        std::chrono::milliseconds deadline);

}  // namespace molva::plugin
