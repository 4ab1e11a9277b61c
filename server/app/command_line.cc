#include "app/command_line.h"

#include <absl/strings/numbers.h>
#include <fmt/core.h>
#include <getopt.h>

#include <array>
#include <utility>

#include "base/status_macros.h"

namespace molva::app {
namespace {

struct VerbRow {
  Verb verb;
  std::string_view name;
  std::string_view sentence;
};
constexpr std::array<VerbRow, 11> kVerbs = {{
    {Verb::kServe, "serve", "Runs the node until SIGTERM; SIGHUP reads the configuration again."},
    {Verb::kCheck, "check", "Looks for mistakes in configuration, keys, plugins and store."},
    {Verb::kConfig, "config", "Prints the settings in force."},
    {Verb::kPlugins, "plugins", "Lists the plugins that are configured, with their versions."},
    {Verb::kKey, "key",
     "key show: prints the key by which other servers know this one; key rotate: makes a new one."},
    {Verb::kStore, "store",
     "store copy --from FILE --to FILE: copies a store into another one, as two configurations "
     "say."},
    {Verb::kMigrate, "migrate",
     "migrate status|up|down: tells which version the store's tables have, and changes that."},
    {Verb::kBackup, "backup",
     "backup --out FILE: writes all that the node has, which may run, to one file."},
    {Verb::kVerify, "verify", "verify FILE: tells whether a backup is whole."},
    {Verb::kRestore, "restore", "restore FILE: fills an empty node with what a backup has."},
    {Verb::kVersion, "version", "Prints the version."},
}};

constexpr std::string_view kCommonOptions =
    "  -c, --config FILE      read settings from FILE\n"
    "  -d, --data DIR         the directory of database and keys (node.data)\n"
    "  -s, --set NAME=VALUE   set one setting; may be repeated\n"
    "      --http ADDRESS     same as --set listen.http=ADDRESS\n"
    "      --grpc ADDRESS     same as --set listen.grpc=ADDRESS\n"
    "  -h, --help             print this\n";

enum OptionCode {
  kJsonOption = 256,
  kTemplateOption,
  kMarkdownOption,
  kHttpOption,
  kGrpcOption,
  kFromOption,
  kToOption,
  kOutOption,
  kYesOption
};
constexpr option kOptions[] = {
    {"config", required_argument, nullptr, 'c'},
    {"data", required_argument, nullptr, 'd'},
    {"set", required_argument, nullptr, 's'},
    {"http", required_argument, nullptr, kHttpOption},
    {"grpc", required_argument, nullptr, kGrpcOption},
    {"from", required_argument, nullptr, kFromOption},
    {"to", required_argument, nullptr, kToOption},
    {"out", required_argument, nullptr, kOutOption},
    {"yes", no_argument, nullptr, kYesOption},
    {"json", no_argument, nullptr, kJsonOption},
    {"template", no_argument, nullptr, kTemplateOption},
    {"markdown", no_argument, nullptr, kMarkdownOption},
    {"help", no_argument, nullptr, 'h'},
    {"version", no_argument, nullptr, 'V'},
    {nullptr, 0, nullptr, 0},
};

absl::StatusOr<Verb> ParseVerb(std::string_view word) {
  for (const VerbRow& row : kVerbs) {
    if (row.name == word) return row.verb;
  }
  if (word == "help") return Verb::kHelp;
  return absl::InvalidArgumentError(fmt::format("molvad cannot {}", word));
}

// The word behind `key`.
absl::StatusOr<KeyAction> ParseKeyAction(std::string_view word) {
  if (word == "show") return KeyAction::kShow;
  if (word == "rotate") return KeyAction::kRotate;
  return absl::InvalidArgumentError(fmt::format("molvad key wants show or rotate, not {}", word));
}

// The word behind `migrate`.
absl::StatusOr<MigrateAction> ParseMigrateAction(std::string_view word) {
  if (word == "status") return MigrateAction::kStatus;
  if (word == "up") return MigrateAction::kUp;
  if (word == "down") return MigrateAction::kDown;
  return absl::InvalidArgumentError(
      fmt::format("molvad migrate wants status, up or down, not {}", word));
}

// Takes the words that are no options: a verb, and behind some what to do.
absl::Status TakeWords(const std::vector<std::string_view>& words, CommandLine& line,
                       std::optional<Verb>& named) {
  if (words.empty()) return absl::OkStatus();
  absl::StatusOr<Verb> verb = ParseVerb(words[0]);
  if (!verb.ok()) return verb.status();
  named = *verb;
  std::size_t taken = 1;
  if (*verb == Verb::kKey && words.size() > 1) {
    absl::StatusOr<KeyAction> action = ParseKeyAction(words[1]);
    if (!action.ok()) return action.status();
    line.key_action = *action;
    ++taken;
  }
  if (*verb == Verb::kMigrate && words.size() > 1) {
    absl::StatusOr<MigrateAction> action = ParseMigrateAction(words[1]);
    if (!action.ok()) return action.status();
    line.migration.action = *action;
    ++taken;
  }
  if (*verb == Verb::kStore) {
    if (words.size() < 2 || words[1] != "copy") {
      return absl::InvalidArgumentError("molvad store wants copy");
    }
    ++taken;
  }
  if ((*verb == Verb::kVerify || *verb == Verb::kRestore) && words.size() > 1) {
    line.archive = words[1];
    ++taken;
  }
  if (words.size() > taken) return absl::InvalidArgumentError("one thing at a time, please");
  return absl::OkStatus();
}

absl::StatusOr<config::Override> ParseOverride(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return absl::InvalidArgumentError(fmt::format("--set wants NAME=VALUE, not {}", text));
  }
  return config::Override(text.substr(0, equals), text.substr(equals + 1));
}

// Takes one option. `asked_help` remembers --help until the verb is known.
absl::Status TakeOption(int code, const char* value, CommandLine& line,
                        std::optional<Verb>& asked) {
  switch (code) {
    case 'c':
      line.config_file = value;
      break;
    case 'd':
      line.overrides.emplace_back("node.data", value);
      break;
    case kHttpOption:
      line.overrides.emplace_back("listen.http", value);
      break;
    case kGrpcOption:
      line.overrides.emplace_back("listen.grpc", value);
      break;
    case 's': {
      absl::StatusOr<config::Override> parsed = ParseOverride(value);
      if (!parsed.ok()) return parsed.status();
      line.overrides.push_back(*std::move(parsed));
      break;
    }
    case kJsonOption:
      line.output = Output::kJson;
      break;
    case kFromOption:
      line.store_copy.from = value;
      break;
    case kToOption:
      line.store_copy.to = value;
      break;
    case kOutOption:
      line.out = value;
      break;
    case kYesOption:
      line.migration.may_lose = true;
      break;
    case kTemplateOption:
      line.output = Output::kTemplate;
      break;
    case kMarkdownOption:
      line.output = Output::kMarkdown;
      break;
    case 'h':
      asked = Verb::kHelp;
      break;
    case 'V':
      asked = Verb::kVersion;
      break;
    case ':':
      return absl::InvalidArgumentError("an option lacks its value");
    default:
      return absl::InvalidArgumentError("there is no such option");
  }
  return absl::OkStatus();
}

absl::Status CheckArchive(const CommandLine& line) {
  if (line.verb == Verb::kBackup ? line.out.empty() : !line.out.empty()) {
    return absl::InvalidArgumentError("molvad backup wants --out FILE");
  }
  if ((line.verb == Verb::kVerify || line.verb == Verb::kRestore) && line.archive.empty()) {
    return absl::InvalidArgumentError("molvad verify and molvad restore want the file of a backup");
  }
  return absl::OkStatus();
}

// --to is a version here, and a file for store copy.
absl::Status TakeMigration(CommandLine& line) {
  Migration& migration = line.migration;
  if (line.verb != Verb::kMigrate) {
    if (!migration.may_lose) return absl::OkStatus();
    return absl::InvalidArgumentError("--yes belongs to molvad migrate down");
  }
  const std::string text = std::exchange(line.store_copy.to, "");
  const bool is_down = migration.action == MigrateAction::kDown;
  if (text.empty() && !is_down) return absl::OkStatus();
  std::int64_t version = 0;
  if (migration.action == MigrateAction::kStatus || !absl::SimpleAtoi(text, &version) ||
      version < 1) {
    return absl::InvalidArgumentError(
        "molvad migrate up and down want --to VERSION, a number that molvad migrate status shows");
  }
  migration.to = version;
  return absl::OkStatus();
}

absl::Status CheckOutput(const CommandLine& line) {
  const bool special = line.output == Output::kTemplate || line.output == Output::kMarkdown;
  if (special && line.verb != Verb::kConfig) {
    return absl::InvalidArgumentError("--template and --markdown belong to molvad config");
  }
  const StoreCopy& copy = line.store_copy;
  const bool is_copy = line.verb == Verb::kStore;
  if (is_copy ? copy.from.empty() || copy.to.empty() : !copy.from.empty() || !copy.to.empty()) {
    return absl::InvalidArgumentError("molvad store copy wants --from FILE and --to FILE");
  }
  MOLVA_RETURN_IF_ERROR(CheckArchive(line));
  if (line.output == Output::kJson && line.verb == Verb::kServe) {
    return absl::InvalidArgumentError("molvad serve has no --json; see the setting log.format");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));  // getopt_long permutes, no more
  }
  pointers.push_back(nullptr);
  const int count = static_cast<int>(arguments.size());

  CommandLine line;
  std::optional<Verb> asked;
  optind = 0;
  opterr = 0;
  for (int code = 0;
       (code = getopt_long(count, pointers.data(), ":c:d:s:hV", kOptions, nullptr)) != -1;) {
    if (absl::Status status = TakeOption(code, optarg, line, asked); !status.ok()) return status;
  }
  const std::vector<std::string_view> words(pointers.begin() + optind, pointers.end() - 1);
  std::optional<Verb> named;
  if (absl::Status status = TakeWords(words, line, named); !status.ok()) return status;
  line.verb = asked.value_or(named.value_or(Verb::kServe));
  if (asked == Verb::kHelp && named.has_value()) line.help_about = *named;
  MOLVA_RETURN_IF_ERROR(TakeMigration(line));
  MOLVA_RETURN_IF_ERROR(CheckOutput(line));
  return line;
}

std::string HelpText(Verb verb) {
  std::string text;
  for (const VerbRow& row : kVerbs) {
    if (verb != Verb::kHelp && row.verb != verb) continue;
    text += fmt::format("  {:<22} {}\n", row.name, row.sentence);
  }
  std::string_view more;
  if (verb == Verb::kConfig || verb == Verb::kHelp) {
    more =
        "      --json             config, plugins, key, version: print JSON\n"
        "      --template         config: print a commented molva.toml with all defaults\n"
        "      --markdown         config: print the table of the operations manual\n";
  } else if (verb == Verb::kStore) {
    more =
        "      --from FILE        the configuration of the node whose store it is\n"
        "      --to FILE          the configuration of the node whose store is empty\n"
        "      --json             print JSON\n";
  } else if (verb == Verb::kMigrate) {
    more =
        "      --to VERSION       up: not to the newest; down: wanted\n"
        "      --yes              down: lose what the older version cannot hold\n"
        "      --json             print JSON\n";
  } else if (verb == Verb::kBackup) {
    more =
        "      --out FILE         the file, which must not be there yet\n"
        "      --json             print JSON\n";
  } else if (verb == Verb::kVerify || verb == Verb::kRestore || verb == Verb::kPlugins ||
             verb == Verb::kKey || verb == Verb::kVersion) {
    more = "      --json             print JSON\n";
  }
  return fmt::format(
      "Usage: molvad [{}] [OPTION]...\n\n{}\nOptions:\n{}{}",
      verb == Verb::kHelp
          ? "serve|check|config|plugins|key|store|migrate|backup|verify|restore|version"
          : "VERB",
      text, kCommonOptions, more);
}

}  // namespace molva::app
