// What --help prints.
#pragma once

#include "clients/cli/command.h"

namespace molva::cli {

void PrintHelp();
void PrintCommandHelp(const Command& command);

}  // namespace molva::cli
