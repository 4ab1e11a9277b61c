// molvad check: finds what would keep the node from starting, without starting it.
#pragma once

#include "config/config.h"

namespace molva::app {

// Prints a line per thing looked at; returns the exit code. Makes nothing on disk but the data
// directory and its keys, as the first start would.
int CheckNode(const config::Config& config);

}  // namespace molva::app
