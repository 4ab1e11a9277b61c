#include "clients/cli/run.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "clients/cli/command.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/help.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

const Command* FindCommand(std::string_view name) {
  for (const Command& command : AllCommands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

absl::Status CheckWords(const Command& command, std::size_t count) {
  if (count >= command.min_words && count <= command.max_words) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("write: molva {} {}", command.name, command.words));
}

absl::Status RunCommand(const Command& command, const std::vector<std::string>& arguments) {
  std::vector<OptionRule> rules = GlobalOptions();
  rules.insert(rules.end(), command.options.begin(), command.options.end());
  MOLVA_ASSIGN_OR_RETURN(Arguments parsed, Arguments::Parse(arguments, rules));
  if (parsed.Has("help")) {
    PrintCommandHelp(command);
    return absl::OkStatus();
  }
  MOLVA_RETURN_IF_ERROR(CheckWords(command, parsed.words().size()));
  const OutputForm form = parsed.Has("json") ? OutputForm::kJson : OutputForm::kText;
  std::string server =
      parsed.Has("server") ? parsed.Get("server") : FromEnvironment("MOLVA_SERVER");
  std::string profile = parsed.Has("profile") ? parsed.Get("profile") : "default";
  Context context{std::move(parsed), Printer(form), std::move(profile), std::move(server)};
  return command.run(context);
}

// The place of the command among the arguments: the first word that is no value of an option.
std::size_t CommandAt(const std::vector<std::string>& arguments) {
  const std::vector<OptionRule>& rules = GlobalOptions();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view text = arguments[i];
    if (!text.starts_with("--")) return i;
    const auto rule = std::find_if(rules.begin(), rules.end(), [text](const OptionRule& one) {
      return text.substr(2) == one.name;
    });
    if (rule != rules.end() && !rule->value.empty()) ++i;
  }
  return arguments.size();
}

absl::Status Dispatch(std::vector<std::string> arguments) {
  const std::size_t at = CommandAt(arguments);
  if (at == arguments.size()) {
    MOLVA_ASSIGN_OR_RETURN(const Arguments parsed, Arguments::Parse(arguments, GlobalOptions()));
    if (parsed.Has("version")) {
      std::puts("molva " MOLVA_VERSION);
    } else {
      PrintHelp();
    }
    return parsed.Has("version") || parsed.Has("help")
               ? absl::OkStatus()
               : absl::InvalidArgumentError("name a command");
  }
  const Command* command = FindCommand(arguments[at]);
  if (command == nullptr) {
    return absl::InvalidArgumentError(
        fmt::format("there is no command '{}'; see: molva --help", arguments[at]));
  }
  arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(at));
  return RunCommand(*command, arguments);
}

}  // namespace

int Run(std::vector<std::string> arguments) {
  const absl::Status status = Dispatch(std::move(arguments));
  if (!status.ok()) {
    const std::string text = "molva: " + Harmless(std::string(status.message())) + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
  return static_cast<int>(ExitCodeOf(status));
}

}  // namespace molva::cli
