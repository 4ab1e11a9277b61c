// molva manual: the manual page, made of the table of verbs.
#include <fmt/core.h>

#include <string>

#include "clients/cli/commands.h"

namespace molva::cli {
namespace {

constexpr std::string_view kBegin = R"(.\" Made by: molva manual
.TH MOLVA 1 "" "Molva" "User Commands"
.SH NAME
molva \- send and receive messages on a Molva server
.SH SYNOPSIS
.B molva
.I command
.RI [ option ...]
.SH DESCRIPTION
.B molva
logs in to a Molva server and does one thing there: sends a message, prints new ones, lists the
chats, looks after a group, or lets you talk in the terminal.
.PP
.I WHO
below is a login name, which is looked up on the server, or an id: of a user
.RB ( usr ...),
a group
.RB ( grp ...)
or a channel
.RB ( chn ...).
Somebody of another server is written with
.BI @ domain
behind it.
.B slf
are your own notes.
.I SEQ
is the number of a message, which
.B molva history \-\-numbers
shows.
)";

constexpr std::string_view kEnd = R"(.PP
The default server is that of the login, else
.BR 127.0.0.1:16060 .
It is written
.IR host : port
or
.BI grpcs:// host : port
for gRPC without and with TLS,
.BI ws:// host : port
or
.BI wss:// host
for WebSocket.
.PP
The fields of the JSON objects are described in
.IR docs/cli/README.md .
What is asked for is not in them if it is empty, and more may be added in later versions.
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Refused by the server or the system.
.TP
.B 2
The command line makes no sense.
.TP
.B 3
The server cannot be reached, or went away.
.TP
.B 4
Not logged in, or not any more.
.TP
.B 5
Nobody and nothing has that name.
.TP
.B 6
The time was up:
.B tail \-\-timeout
with fewer than
.B \-\-count
messages.
.TP
.B 7
The server cannot do that at all.
.TP
.B 8
Too many requests, even after some seconds of patience; the text says when to try again.
.SH ENVIRONMENT
.TP
.B MOLVA_SERVER
The server, unless
.B \-\-server
names one.
.TP
.B MOLVA_API_KEY
The key, unless
.B \-\-api\-key
names one.
.TP
.B MOLVA_NODE_DATA
The data directory of the node, unless
.B \-\-data
names one.
.SH FILES
.TP
.I $XDG_CONFIG_HOME/molva/PROFILE.json
The login of one profile
.RI ( ~/.config/molva/
without
.BR XDG_CONFIG_HOME ).
It holds a token that lets in whoever has it; the program refuses a file that others may read.
)";

// Text as roff takes it literally; a line must not begin with a dot or an apostrophe.
std::string Roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

void PrintOptions(const std::vector<OptionRule>& rules) {
  for (const OptionRule& rule : rules) {
    fmt::print(".TP\n\\fB\\-\\-{}\\fP{}\n{}\n", Roff(rule.name),
               rule.value.empty() ? "" : fmt::format(" \\fI{}\\fP", Roff(rule.value)),
               Roff(rule.meaning));
  }
}

void PrintVerb(const Command& command) {
  fmt::print(".TP\n\\fB{}\\fP{}\n{}.\n", Roff(command.name),
             command.words.empty() ? "" : fmt::format(" \\fI{}\\fP", Roff(command.words)),
             Roff(command.summary));
  if (!command.details.empty()) fmt::print("{}\n", Roff(command.details));
  if (command.options.empty()) return;
  fmt::print(".RS\n");
  PrintOptions(command.options);
  fmt::print(".RE\n");
}

}  // namespace

absl::Status RunManual(Context&) {
  fmt::print("{}.SH COMMANDS\n", kBegin);
  for (const Theme& theme : AllThemes()) {
    fmt::print(".SS {}\n", Roff(theme.title));
    for (const Command& command : theme.commands) PrintVerb(command);
  }
  fmt::print(".SH OPTIONS\nEvery command takes these.\n");
  PrintOptions(GlobalOptions());
  fmt::print("{}.SH EXAMPLES\n.nf\n", kEnd);
  for (const Command& command : AllCommands()) fmt::print("{}\n", Roff(command.example));
  fmt::print(".fi\n");
  return absl::OkStatus();
}

}  // namespace molva::cli
