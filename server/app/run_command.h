// Does what the command line asks, and says with which code the process ends.
#pragma once

#include "app/command_line.h"

namespace molva::app {

// Answers on standard output, complains on standard error. kServe returns when the node stopped.
int RunCommand(const CommandLine& line);

}  // namespace molva::app
