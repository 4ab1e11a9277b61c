// The program from its arguments to its exit code.
#pragma once

#include <string>
#include <vector>

namespace molva::cli {

int Run(std::vector<std::string> arguments);

}  // namespace molva::cli
