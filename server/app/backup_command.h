// molvad backup, verify and restore.
#pragma once

#include <string>

#include "app/command_line.h"
#include "config/config.h"

namespace molva::app {

// Writes everything that the node has to a new file, which is read once more and only then gets its
// name. A node that runs is asked for it. Returns the exit code, as do the others.
int RunBackup(const config::Config& config, const std::string& archive, Output output);

// Reads an archive; needs no node.
int RunVerify(const std::string& archive, Output output);

// Reads an archive, and if it is whole, fills the node with it, whose store is empty.
int RunRestore(const config::Config& config, const std::string& archive, Output output);

}  // namespace molva::app
