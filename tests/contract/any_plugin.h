// Opens a plugin of whatever kind through the host.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <vector>

#include "plugin/library.h"

namespace molva::test {

// An open plugin, for tests that need not know its kind; the destructor closes it.
using AnyPlugin = std::shared_ptr<void>;

// Errors: those of the kind's adapter.
absl::StatusOr<AnyPlugin> OpenAny(const plugin::Library& library, const std::string& config);

// The names that `path`, a shared library, offers to others. Empty if it cannot be read.
std::vector<std::string> ExportsOf(const std::string& path);

}  // namespace molva::test
