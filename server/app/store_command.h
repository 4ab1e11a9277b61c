// molvad store copy: everything in one store into another one.
#pragma once

#include <string>

#include "app/command_line.h"

namespace molva::app {

// Reads both configurations, copies, compares. Neither node may be running. A copy that is broken
// off goes on where it stood. Returns the exit code.
int RunStoreCopy(const StoreCopy& copy, Output output);

}  // namespace molva::app
