#include "app/run_command.h"

#include <fmt/core.h>

#include <cstdio>

#include "app/backup_command.h"
#include "app/check_node.h"
#include "app/key_command.h"
#include "app/list_plugins.h"
#include "app/migrate_command.h"
#include "app/serve.h"
#include "app/store_command.h"
#include "config/json_text.h"
#include "config/load.h"
#include "config/print.h"

namespace molva::app {
namespace {

config::Loaded LoadFor(const CommandLine& line) {
  config::Sources sources;
  sources.file = line.config_file;
  sources.environment = config::ProcessEnvironment();
  sources.overrides = line.overrides;
  return config::Load(config::NodeSettings(), sources);
}

int RefuseConfig(const config::Problems& problems) {
  for (const config::Problem& problem : problems) {
    fmt::print(stderr, "{}\n", problem.ToString());
  }
  fmt::print(stderr, "molvad: {} in the configuration\n",
             problems.size() == 1 ? "1 problem" : fmt::format("{} problems", problems.size()));
  return kExitConfig;
}

int PrintConfig(const CommandLine& line) {
  if (line.output == Output::kTemplate) {
    fmt::print("{}", config::AnnotatedDefaults(config::NodeSettings()));
    return kExitGood;
  }
  if (line.output == Output::kMarkdown) {
    fmt::print("{}", config::OperationsTable(config::NodeSettings()));
    return kExitGood;
  }
  const config::Loaded loaded = LoadFor(line);
  if (!loaded.problems.empty()) return RefuseConfig(loaded.problems);
  fmt::print("{}", line.output == Output::kJson ? config::PrintJson(loaded.config)
                                                : config::PrintToml(loaded.config));
  return kExitGood;
}

int PrintVersion(const CommandLine& line) {
  if (line.output == Output::kJson) {
    fmt::print("{{\"version\":{}}}\n", config::QuoteJson(MOLVA_VERSION));
  } else {
    fmt::print("molvad {}\n", MOLVA_VERSION);
  }
  return kExitGood;
}

}  // namespace

int RunCommand(const CommandLine& line) {
  switch (line.verb) {
    case Verb::kHelp:
      fmt::print("{}", HelpText(line.help_about));
      return kExitGood;
    case Verb::kVersion:
      return PrintVersion(line);
    case Verb::kConfig:
      return PrintConfig(line);
    case Verb::kStore:
      return RunStoreCopy(line.store_copy, line.output);
    case Verb::kVerify:
      return RunVerify(line.archive, line.output);
    case Verb::kServe:
    case Verb::kCheck:
    case Verb::kPlugins:
    case Verb::kKey:
    case Verb::kMigrate:
    case Verb::kBackup:
    case Verb::kRestore:
      break;
  }
  const config::Loaded loaded = LoadFor(line);
  if (!loaded.problems.empty()) return RefuseConfig(loaded.problems);
  if (line.verb == Verb::kCheck) return CheckNode(loaded.config);
  if (line.verb == Verb::kPlugins) return ListPlugins(loaded.config, line.output);
  if (line.verb == Verb::kKey) {
    return RunKeyCommand(loaded.config, line.key_action, line.output);
  }
  if (line.verb == Verb::kMigrate) {
    return RunMigrate(loaded.config, line.migration, line.output);
  }
  if (line.verb == Verb::kBackup) return RunBackup(loaded.config, line.out, line.output);
  if (line.verb == Verb::kRestore) return RunRestore(loaded.config, line.archive, line.output);
  return Serve(loaded.config, [&line] { return LoadFor(line); });
}

}  // namespace molva::app
