// What a command is, and what it gets to work with.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/arguments.h"
#include "clients/cli/printer.h"
#include "clients/cli/profile.h"
#include "clients/cli/session.h"

namespace molva::cli {

inline constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();

// The command line of one run, and where its output goes.
struct Context {
  Arguments arguments;  // words: what stands behind the command
  Printer printer;
  std::string profile_name;
  std::string server;  // as given or by the environment; "" if neither

  const std::vector<std::string>& words() const { return arguments.words(); }
};

struct Command {
  std::string_view name;
  std::string_view words;    // for the help, as "WHO [TEXT]"
  std::string_view summary;  // one line
  std::size_t min_words;
  std::size_t max_words;
  std::vector<OptionRule> options;
  absl::Status (*run)(Context& context);
};

// All commands, in the order of the help.
const std::vector<Command>& AllCommands();
// Options that every command takes.
const std::vector<OptionRule>& GlobalOptions();

// A session of the profile's user.
struct LoggedIn {
  Session session;
  Profile profile;
};

// The server to use with `profile`: as given, else the profile's, else the one on this machine.
std::string ServerFor(const Context& context, const std::optional<Profile>& profile);
absl::StatusOr<Session> OpenSession(const Context& context, const std::string& server);
// Errors: kUnauthenticated without a login that the server still takes.
absl::StatusOr<LoggedIn> OpenLoggedIn(const Context& context);
// Says what the server answered to a message: its number, or that it waits for another server.
void ReportPublished(const Context& context, const std::string& topic,
                     const molva::v1::ServerCtrl& ctrl);
// Keeps what a login told.
absl::Status KeepLogin(const Context& context, const std::string& server, const std::string& login,
                       const Identity& identity);

}  // namespace molva::cli
