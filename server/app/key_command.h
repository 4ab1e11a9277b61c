// molvad key show|rotate: the key by which other servers know this one.
#pragma once

#include <string>

#include "app/command_line.h"
#include "config/config.h"
#include "federation/identity/own_identity.h"

namespace molva::app {

// Shows the identity, which is made first if there is none and federation.domain is set, or makes a
// new key beside it. Works beside a running node, which takes a new key over on SIGHUP or at its
// next start. Returns the exit code.
int RunKeyCommand(const config::Config& config, KeyAction action, Output output);

// What `show` prints.
std::string DescribeIdentity(const federation::OwnIdentity& identity, Output output);

}  // namespace molva::app
