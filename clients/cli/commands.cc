#include "clients/cli/commands.h"

#include <utility>

namespace molva::cli {

const std::vector<OptionRule>& GlobalOptions() {
  static const std::vector<OptionRule> rules = {
      {"server", "ADDRESS", "host:port, grpcs://, ws:// or wss:// (environment: MOLVA_SERVER)"},
      {"profile", "NAME", "which login to use, if there are several (default: default)"},
      {"api-key", "KEY", "for ws:// and wss:// (environment: MOLVA_API_KEY)"},
      {"json", "", "print one JSON object per line"},
      {"help", "", "print this"},
      {"version", "", "print the version"},
  };
  return rules;
}

namespace {

// Commands about who the user is.
std::vector<Command> AccountCommands() {
  const OptionRule password{"password-file", "FILE", "read the password from FILE (-: stdin)"};
  return {
      {"register",
       "LOGIN",
       "Make an account and log in",
       1,
       1,
       {{"name", "NAME", "what others see (default: LOGIN)"},
        {"email", "ADDRESS", "an address to identify you, if the server wants one"},
        password},
       RunRegister},
      {"login",
       "LOGIN",
       "Log in and stay logged in",
       1,
       1,
       {{"code", "METHOD:CODE", "answer a validation, as email:123456"}, password},
       RunLogin},
      {"logout", "", "Forget the login", 0, 0, {}, RunLogout},
      {"whoami", "", "Show who you are", 0, 0, {}, RunWhoami},
  };
}

// Commands that read and write messages.
std::vector<Command> MessageCommands() {
  return {
      {"chat", "WHO", "Talk with somebody or a group", 1, 1, {}, RunChat},
      {"send",
       "WHO [TEXT]",
       "Send a message; without TEXT what stands on standard input",
       1,
       kAnyNumber,
       {},
       RunSend},
      {"edit",
       "WHO SEQ TEXT",
       "Send TEXT instead of your message number SEQ",
       3,
       kAnyNumber,
       {},
       RunEdit},
      {"delete",
       "WHO SEQ…",
       "Delete messages for everybody",
       2,
       kAnyNumber,
       {{"for-me", "", "only for yourself"}},
       RunDelete},
      {"tail",
       "[WHO]",
       "Print messages as they come; without WHO all of yours",
       0,
       1,
       {{"count", "N", "stop after N messages"}, {"timeout", "SECONDS", "stop after so long"}},
       RunTail},
      {"history",
       "WHO",
       "Print the last messages",
       1,
       1,
       {{"limit", "N", "how many (default: 24)"},
        {"before", "SEQ", "only those before number SEQ"}},
       RunHistory},
  };
}

// Commands about first contacts.
std::vector<Command> RequestCommands() {
  return {
      {"requests",
       "",
       "List who asked to talk with you, and whom you asked",
       0,
       0,
       {},
       RunRequests},
      {"ask", "WHO", "Ask somebody to talk with you", 1, 1, {}, RunAsk},
      {"accept", "WHO", "Talk with somebody who asked, or join a group", 1, 1, {}, RunAccept},
      {"decline", "WHO", "Turn a request down; it may be made again", 1, 1, {}, RunDecline},
      {"block", "WHO", "Take nothing more from somebody or a group", 1, 1, {}, RunBlock},
  };
}

// Commands for the operator of a node on this machine.
std::vector<Command> OperatorCommands() {
  return {
      {"admin",
       "fed list|show|ping|retry|block|allow …",
       "Look after a node on this machine: fed list, fed show DOMAIN, fed ping DOMAIN, fed retry "
       "DOMAIN, fed block DOMAIN, fed allow DOMAIN",
       2,
       3,
       {{"data", "DIR", "the node's data directory (environment: MOLVA_NODE_DATA)"},
        {"socket", "PATH", "the node's socket, instead of admin.sock in that directory"}},
       RunAdmin},
  };
}

// The others.
std::vector<Command> TopicCommands() {
  return {
      {"topics", "", "List your chats", 0, 0, {}, RunTopics},
      {"group",
       "new|join|invite|leave …",
       "Make, join, fill or leave a group: new NAME [WHO…], join GROUP, invite GROUP WHO…, "
       "leave GROUP",
       2,
       kAnyNumber,
       {{"channel", "", "new: a channel, for many readers"}},
       RunGroup},
      {"who", "", "Show who of your contacts is online", 0, 0, {}, RunWho},
      {"completion",
       "bash|zsh|fish",
       "Print a completion script for a shell",
       1,
       1,
       {},
       RunCompletion},
  };
}

std::vector<Command> Joined() {
  std::vector<Command> all = AccountCommands();
  for (auto* part : {MessageCommands, TopicCommands, RequestCommands, OperatorCommands}) {
    for (Command& command : part()) all.push_back(std::move(command));
  }
  return all;
}

}  // namespace

const std::vector<Command>& AllCommands() {
  static const std::vector<Command> commands = Joined();
  return commands;
}

}  // namespace molva::cli
