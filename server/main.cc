// molvad: arguments → command → exit code.
#include <fmt/core.h>

#include <cstdio>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "app/run_command.h"
#include "base/strings.h"

int main(int argc, char** argv) {
  const auto line = molva::app::ParseCommandLine(std::vector<std::string>(argv, argv + argc));
  if (!line.ok()) {
    fmt::print(stderr, "molvad: {}; try molvad --help\n",
               molva::base::ToStd(line.status().message()));
    return molva::app::kExitUsage;
  }
  return molva::app::RunCommand(*line);
}
