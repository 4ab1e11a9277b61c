// molva completion: scripts that let a shell finish commands and options.
#include <fmt/core.h>

#include <cstdio>
#include <string>

#include "clients/cli/commands.h"

namespace molva::cli {
namespace {

// All names of commands, or of options with their dashes, between blanks.
std::string Names() {
  std::string names;
  for (const Command& command : AllCommands()) names += fmt::format("{} ", command.name);
  return names;
}

std::string OptionsOf(const std::vector<OptionRule>& rules) {
  std::string options;
  for (const OptionRule& rule : rules) options += fmt::format("--{} ", rule.name);
  return options;
}

void PrintBash() {
  fmt::print("_molva() {{\n  local word=${{COMP_WORDS[COMP_CWORD]}} options='{}'\n",
             OptionsOf(GlobalOptions()));
  fmt::print("  if ((COMP_CWORD == 1)); then\n");
  fmt::print("    COMPREPLY=($(compgen -W '{}--help --version' -- \"$word\"))\n    return\n  fi\n",
             Names());
  fmt::print("  case ${{COMP_WORDS[1]}} in\n");
  for (const Command& command : AllCommands()) {
    fmt::print("    {}) options+=' {}' ;;\n", command.name, OptionsOf(command.options));
  }
  fmt::print("  esac\n  COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n}}\n");
  fmt::print("complete -o default -F _molva molva\n");
}

void PrintZsh() {
  fmt::print("#compdef molva\n_molva() {{\n  if ((CURRENT == 2)); then\n    local -a commands=(\n");
  for (const Command& command : AllCommands()) {
    fmt::print("      '{}:{}'\n", command.name, command.summary);
  }
  fmt::print("    )\n    _describe command commands\n    return\n  fi\n");
  fmt::print("  local -a options=({})\n  case $words[2] in\n", OptionsOf(GlobalOptions()));
  for (const Command& command : AllCommands()) {
    fmt::print("    {}) options+=({}) ;;\n", command.name, OptionsOf(command.options));
  }
  fmt::print("  esac\n  compadd -- $options\n}}\n");
  fmt::print("compdef _molva molva\n");
}

void PrintFishOption(const OptionRule& rule, std::string_view condition) {
  fmt::print("complete -c molva {} -l {}{} -d '{}'\n", condition, rule.name,
             rule.value.empty() ? "" : " -r", rule.meaning);
}

void PrintFish() {
  for (const Command& command : AllCommands()) {
    fmt::print("complete -c molva -f -n __fish_use_subcommand -a {} -d '{}'\n", command.name,
               command.summary);
    const std::string condition = fmt::format("-n '__fish_seen_subcommand_from {}'", command.name);
    for (const OptionRule& rule : command.options) PrintFishOption(rule, condition);
  }
  for (const OptionRule& rule : GlobalOptions()) PrintFishOption(rule, "");
}

}  // namespace

absl::Status RunCompletion(Context& context) {
  const std::string& shell = context.words()[0];
  if (shell == "bash") {
    PrintBash();
  } else if (shell == "zsh") {
    PrintZsh();
  } else if (shell == "fish") {
    PrintFish();
  } else {
    return absl::InvalidArgumentError("write: molva completion bash, zsh or fish");
  }
  return absl::OkStatus();
}

}  // namespace molva::cli
