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
  fmt::print("usage: molva COMMAND …\n");
  for (const Theme& theme : AllThemes()) {
    fmt::print("\n{}\n", theme.title);
    for (const Command& command : theme.commands) {
      fmt::print("  {:32} {}\n", fmt::format("{} {}", command.name, command.words),
                 command.summary);
    }
  }
  fmt::print(
      "\nWHO is a login name, a user id (usr…), a group (grp…) or a channel (chn…); of another "
      "server with @domain; slf are your own notes. More about one: molva COMMAND --help\n\n");
  PrintOptions(GlobalOptions());
}

void PrintCommandHelp(const Command& command) {
  fmt::print("usage: molva {}{}{}\n\n{}.\n", command.name, command.words.empty() ? "" : " ",
             command.words, command.summary);
  if (!command.details.empty()) fmt::print("{}\n", command.details);
  fmt::print("\n  {}\n\n", command.example);
  PrintOptions(command.options);
  PrintOptions(GlobalOptions());
}

}  // namespace molva::cli
