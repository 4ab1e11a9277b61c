#include "clients/cli/commands.h"

#include "clients/cli/verbs.h"

namespace molva::cli {

const std::vector<OptionRule>& GlobalOptions() {
  static const std::vector<OptionRule> rules = {
      {"server", "ADDRESS", "host:port, grpcs://, ws:// or wss:// (environment: MOLVA_SERVER)"},
      {"profile", "NAME", "which login to use, if there are several (default: default)"},
      {"api-key", "KEY", "for ws:// and wss:// (environment: MOLVA_API_KEY)"},
      {"json", "", "print one JSON object per line"},
      {"help", "", "print this"},
      {"version", "", "print the version"},
  };
  return rules;
}

const std::vector<Theme>& AllThemes() {
  static const std::vector<Theme> themes = {AccountVerbs(), MessageVerbs(), FileVerbs(),
                                            ChatVerbs(),    PeopleVerbs(),  OperatorVerbs()};
  return themes;
}

const std::vector<Command>& AllCommands() {
  static const std::vector<Command> commands = [] {
    std::vector<Command> all;
    for (const Theme& theme : AllThemes()) {
      all.insert(all.end(), theme.commands.begin(), theme.commands.end());
    }
    return all;
  }();
  return commands;
}

}  // namespace molva::cli
