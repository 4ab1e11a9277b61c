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

// One verb: its row is what the help, the manual and the completion are made of.
struct Command {
  std::string_view name;
  std::string_view words = "";    // for the help, as "WHO [TEXT]"
  std::string_view summary;       // one line, without a full stop
  std::string_view details = "";  // further sentences
  std::string_view example;
  std::size_t min_words = 0;
  std::size_t max_words = 0;
  std::vector<OptionRule> options = {};
  absl::Status (*run)(Context& context);
};

// A heading of the manual and the verbs under it.
struct Theme {
  std::string_view title;
  std::vector<Command> commands;
};

// All verbs, in the order of the help.
const std::vector<Theme>& AllThemes();
// The same without their headings.
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
// For HTTP: as given, else by the environment, else that of the stock clients.
std::string ApiKeyOf(const Context& context);
absl::StatusOr<Session> OpenSession(const Context& context, const std::string& server);
// Errors: kUnauthenticated without a login that the server still takes.
absl::StatusOr<LoggedIn> OpenLoggedIn(const Context& context);
// Keeps what a login told.
absl::Status KeepLogin(const Context& context, const std::string& server, const std::string& login,
                       const Identity& identity);

}  // namespace molva::cli
