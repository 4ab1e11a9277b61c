// Runs a node from its start to the signal that ends it.
#pragma once

#include <functional>

#include "config/load.h"

namespace molva::app {

// Serves until SIGTERM or SIGINT; SIGHUP calls `load` for a fresh configuration. Returns the exit
// code of the process.
int Serve(const config::Config& config, const std::function<config::Loaded()>& load);

}  // namespace molva::app
