// Arguments of molvad → what to do.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/parse.h"

namespace molva::app {

enum class Verb {
  kServe,
  kCheck,
  kConfig,
  kPlugins,
  kKey,
  kStore,
  kMigrate,
  kBackup,
  kVerify,
  kRestore,
  kVersion,
  kHelp
};

enum class KeyAction { kShow, kRotate };

enum class MigrateAction { kStatus, kUp, kDown };

// What `molvad migrate` is to do.
struct Migration {
  MigrateAction action = MigrateAction::kStatus;
  std::optional<std::int64_t> to;  // a version; always there for kDown
  bool may_lose = false;           // whether going back may lose what is newer
};

// How a verb prints its answer.
enum class Output {
  kText,
  kJson,
  kTemplate,  // config: molva.toml with every setting at its default
  kMarkdown,  // config: the table of the operations manual
};

// molvad store copy: the configurations of both nodes.
struct StoreCopy {
  std::string from;
  std::string to;
};

struct CommandLine {
  Verb verb = Verb::kServe;
  Verb help_about = Verb::kHelp;  // for kHelp; kHelp itself: about everything
  KeyAction key_action = KeyAction::kShow;
  StoreCopy store_copy;
  Migration migration;
  std::string out;      // of backup: the file that it writes
  std::string archive;  // of verify and restore: the file that they read
  std::optional<std::string> config_file;
  std::vector<config::Override> overrides;
  Output output = Output::kText;
};

// Exit codes of molvad.
inline constexpr int kExitGood = 0;
inline constexpr int kExitFailed = 1;   // what was asked for did not work
inline constexpr int kExitUsage = 2;    // the command line makes no sense
inline constexpr int kExitConfig = 78;  // the configuration is bad (EX_CONFIG)

// Errors: kInvalidArgument, with a sentence for the user.
absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments);

// What --help prints about one verb, or about all for kHelp.
std::string HelpText(Verb verb);

}  // namespace molva::app
