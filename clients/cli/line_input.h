// Lines that the user types, while something else may happen meanwhile.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <optional>
#include <string>

struct editline;
struct history;

namespace molva::cli {

// Reads from a terminal with libedit (editing, history of this run), or plainly from a pipe.
//
// Borrows: the descriptor it watches.
class LineInput {
 public:
  struct Hooks {
    // Called before waiting and whenever the watched descriptor is readable. An error ends the
    // reading. What it prints must go through Show.
    absl::AnyInvocable<absl::Status()> on_readable;
    absl::AnyInvocable<absl::Status()> on_key;  // terminal only
  };

  LineInput(std::string prompt, int watched_fd, Hooks hooks);
  ~LineInput();
  LineInput(const LineInput&) = delete;
  LineInput& operator=(const LineInput&) = delete;

  // Nullopt at the end of the input.
  absl::StatusOr<std::optional<std::string>> ReadLine();
  // Runs `print` so that what is being typed stays below it.
  void Show(absl::AnyInvocable<void()> print);

 private:
  absl::StatusOr<std::optional<std::string>> ReadFromTerminal();
  absl::StatusOr<std::optional<std::string>> ReadFromPipe();
  // Waits until standard input is readable.
  absl::Status WaitForInput();
  // One character for libedit: 1, or 0 at the end, -1 after an error in `failure_`.
  int ReadCharacter(wchar_t* out);

  const std::string prompt_;
  const int watched_fd_;
  Hooks hooks_;
  editline* editor_ = nullptr;  // null: no terminal
  ::history* history_ = nullptr;
  bool editing_ = false;
  absl::Status failure_;
  std::string buffer_;  // of the pipe
  bool at_end_ = false;
};

}  // namespace molva::cli
