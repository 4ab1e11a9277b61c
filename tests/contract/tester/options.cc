#include "tests/contract/tester/options.h"

#include <fmt/core.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include "base/status_macros.h"

namespace molva::test {
namespace {

absl::Status Wrong(std::string_view option, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("{} {}", option, why));
}

// Of an installed kit, lib/molva/plugins beside bin.
std::string InstalledPlugins() {
  std::error_code error;  // without /proc there is no such folder, and $PLUGINS is empty
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  for (const char* folder : {MOLVA_PLUGIN_SUBFOLDER, "plugins"}) {
    const auto beside = program.parent_path().parent_path() / folder;
    if (!error && std::filesystem::is_directory(beside, error)) return beside.string();
  }
  return "";
}

absl::Status ReadConfig(const std::string& text, std::string* config) {
  if (!text.starts_with('@')) {
    *config = text;
    return absl::OkStatus();
  }
  std::ifstream file(text.substr(1), std::ios::binary);
  if (!file)
    return Wrong("--config", fmt::format("names {}, which cannot be read", text.substr(1)));
  config->assign(std::istreambuf_iterator<char>(file), {});
  return absl::OkStatus();
}

absl::Status ReadDeadline(const std::string& text, std::chrono::seconds* deadline) {
  int seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || seconds < 1 ||
      seconds > 3600) {
    return Wrong("--deadline", "wants a number of seconds from 1 to 3600");
  }
  *deadline = std::chrono::seconds(seconds);
  return absl::OkStatus();
}

// One option that has a value.
absl::Status Take(const std::string& option, const std::string& value, Options* options) {
  if (option == "--config") return ReadConfig(value, &options->config);
  if (option == "--deadline") return ReadDeadline(value, &options->deadline);
  if (option == "--kind") {
    options->kind = value;
  } else if (option == "--secret" || option == "--contact" || option == "--device" ||
             option == "--message") {
    options->sample = value;
  } else if (option == "--only") {
    options->wanted = value;
  } else if (option == "--plugins") {
    options->plugin_folder = value;
  } else {
    return Wrong(option, "is no option; try --help");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& words) {
  Options options;
  options.plugin_folder = InstalledPlugins();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--help" || word == "-h") {
      options.task = Task::kHelp;
    } else if (word == "--list") {
      options.task = Task::kList;
    } else if (word == "--json") {
      options.form = Form::kJson;
    } else if (word.starts_with("--")) {
      if (i + 1 == words.size()) return Wrong(word, "wants a value, or is no option; try --help");
      MOLVA_RETURN_IF_ERROR(Take(word, words[++i], &options));
    } else if (options.library.empty()) {
      options.library = word;
    } else {
      return Wrong(word, "is one library too many");
    }
  }
  if (options.task == Task::kTest && options.library.empty()) {
    return absl::InvalidArgumentError("which plugin? try --help");
  }
  return options;
}

std::string HelpText() {
  return R"(Usage: molva-plugin-test PLUGIN.so [OPTION]…
Holds a plugin to the contract of its kind, each case in a process of its own: a plugin that
crashes, hangs or ends the process fails that case, and the others go on.

  --config JSON     what the plugin is opened with; @FILE reads it from a file. In it $SCRATCH
                    stands for an empty folder, $PLUGINS for the folder of Molva's own plugins,
                    of a store $WORD for a word that is another one for each store that is made
  --secret TEXT     of auth: a secret that starts an account or logs in; its last byte must matter
  --contact TEXT    of validator: a contact that it takes
  --device ID       of push: the id of a device that it knows how to reach
  --message JSON    of moderation: the content of a message that it does not let pass
  --kind KIND       auth, validator, push, media, moderation, discovery or store: fails if the
                    plugin is of another
  --only TEXT       the cases with TEXT in their names alone
  --deadline N      seconds that a case may take; 60
  --plugins DIR     what $PLUGINS stands for
  --list            the cases of the plugin's kind, or of --kind without a plugin
  --json            the outcome as one JSON object
  --help

Example:
  molva-plugin-test build/auth_hello.so --config '{"word":"mellon"}' --secret ann:mellon

Exit code: 0 all passed, 1 some failed, 2 wrong usage. Last line: N passed, N failed.
)";
}

}  // namespace molva::test
