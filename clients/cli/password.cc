#include "clients/cli/password.h"

#include <fmt/core.h>
#include <termios.h>
#include <unistd.h>

#include <fstream>
#include <iostream>

namespace molva::cli {
namespace {

// Turns the echo of the terminal off for as long as it lives.
class NoEcho {
 public:
  NoEcho() {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~NoEcho() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
};

absl::StatusOr<std::string> FirstLine(std::istream& in, const std::string& source) {
  std::string line;
  std::getline(in, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (line.empty()) return absl::InvalidArgumentError("there is no password in " + source);
  return line;
}

}  // namespace

absl::StatusOr<std::string> ReadPassword(const std::string& prompt, const std::string& file) {
  if (!file.empty() && file != "-") {
    std::ifstream in(file);
    if (!in) return absl::InvalidArgumentError(fmt::format("cannot read {}", file));
    return FirstLine(in, file);
  }
  if (!file.empty() || ::isatty(STDIN_FILENO) == 0) return FirstLine(std::cin, "standard input");
  std::cerr << prompt << std::flush;
  const NoEcho no_echo;
  absl::StatusOr<std::string> line = FirstLine(std::cin, "what was typed");
  std::cerr << '\n';
  return line;
}

}  // namespace molva::cli
