#include "clients/cli/help.h"

#include <fmt/core.h>

#include <string>

namespace molva::cli {
namespace {

void PrintOptions(const std::vector<OptionRule>& rules) {
  for (const OptionRule& rule : rules) {
    const std::string left = rule.value.empty() ? fmt::format("--{}", rule.name)
                                                : fmt::format("--{} {}", rule.name, rule.value);
    fmt::print("  {:24} {}\n", left, rule.meaning);
  }
}

}  // namespace

void PrintHelp() {
  fmt::print("usage: molva COMMAND …\n\n");
  for (const Command& command : AllCommands()) {
    fmt::print("  {:24} {}\n", fmt::format("{} {}", command.name, command.words), command.summary);
  }
  fmt::print(
      "\nWHO is a login name, a user id (usr…), a group (grp…) or a channel (chn…); of another "
      "server "
      "with @domain.\n\n");
  PrintOptions(GlobalOptions());
}

void PrintCommandHelp(const Command& command) {
  fmt::print("usage: molva {} {}\n\n{}.\n\n", command.name, command.words, command.summary);
  PrintOptions(command.options);
  PrintOptions(GlobalOptions());
}

}  // namespace molva::cli
