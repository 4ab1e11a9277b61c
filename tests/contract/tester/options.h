// What molva-plugin-test is told on its command line.
#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <string>
#include <vector>

namespace molva::test {

enum class Task { kTest, kList, kHelp };
enum class Form { kText, kJson };

struct Options {
  Task task = Task::kTest;
  Form form = Form::kText;
  std::string library;
  std::string kind;  // empty: whatever the library is
  std::string config = "{}";
  std::string sample;         // a secret, a contact, a device or a message
  std::string wanted;         // part of the names of the cases to run
  std::string plugin_folder;  // what $PLUGINS stands for
  std::chrono::seconds deadline{60};
};

// Reads a command line without the program's name.
// Errors: kInvalidArgument, a sentence for people; also for a @FILE that cannot be read.
absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& words);

std::string HelpText();

}  // namespace molva::test
