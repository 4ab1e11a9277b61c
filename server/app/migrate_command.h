// molvad migrate: the version of the store's tables, and the steps to others.
#pragma once

#include "app/command_line.h"
#include "config/config.h"

namespace molva::app {

// Tells the version, or changes it step by step; for that the node must not be running. Returns
// the exit code.
int RunMigrate(const config::Config& config, const Migration& migration, Output output);

}  // namespace molva::app
