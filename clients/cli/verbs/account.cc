#include <utility>

#include "clients/cli/commands.h"
#include "clients/cli/verbs.h"

namespace molva::cli {

namespace {

std::vector<Command> LoggingIn() {
  const OptionRule password{"password-file", "FILE", "read the password from FILE (-: stdin)"};
  return {
      {.name = "register",
       .words = "LOGIN",
       .summary = "Make an account and log in",
       .example = "molva register ann --name \"Ann Smith\"",
       .min_words = 1,
       .max_words = 1,
       .options = {{"name", "NAME", "what others see (default: LOGIN)"},
                   {"email", "ADDRESS", "an address to identify you, if the server wants one"},
                   password},
       .run = RunRegister},
      {.name = "login",
       .words = "LOGIN",
       .summary = "Log in and stay logged in",
       .example = "molva login ann --server chat.example.org:16060",
       .min_words = 1,
       .max_words = 1,
       .options = {{"code", "METHOD:CODE", "answer a validation, as email:123456"},
                   {"totp", "CODE", "the code of your authenticator, or a recovery code"},
                   password},
       .run = RunLogin},
      {.name = "logout",
       .summary = "Log out, and forget the login on this machine",
       .details = "The server is asked to end the login, so that a copy of it is worth nothing; "
                  "if it cannot be reached, the login ends when it expires.",
       .example = "molva logout",
       .run = RunLogout},
      {.name = "whoami",
       .summary = "Show who you are",
       .example = "molva whoami --json",
       .run = RunWhoami}};
}

std::vector<Command> Account() {
  return {
      {.name = "devices",
       .words = "[logout ID|others|all]",
       .summary = "List where you are logged in, or log out there",
       .details = "others are all but this one. Who is logged out is put out at once, and needs "
                  "the password to come back.",
       .example = "molva devices logout others",
       .max_words = 2,
       .run = RunDevices},
      {.name = "profile",
       .words = "[WHO]",
       .summary = "Show what you or WHO tell of yourselves, or change it",
       .details = "Without WHO it is your own; only the owner changes a group's. An empty value "
                  "takes a note or a comment away. Tags are what molva find searches by.",
       .example = "molva profile --name \"Ann Smith\" --note \"on holiday\"",
       .max_words = 1,
       .options = {{"name", "NAME", "the name that others see"},
                   {"note", "TEXT", "a note that others see"},
                   {"comment", "TEXT", "a comment that only you see"},
                   {"tags", "LIST", "tags with commas between, as travel,city:rome"}},
       .run = RunProfile},
      {.name = "account",
       .words = "password|totp on|off|export|delete",
       .summary = "Change your password or how you log in, take all your data with you, or end "
                  "your account",
       .details =
           "totp on asks for a code of your authenticator at each login from then on, and shows "
           "recovery codes; totp off takes one of either. export writes one JSON object per line: "
           "the account, each chat with its messages, and "
           "a last line of kind end, without which it is not whole. delete asks for your login "
           "name first.",
       .example = "molva account export --to ann.jsonl",
       .min_words = 1,
       .max_words = 2,
       .options = {{"to", "FILE", "export: into a new file instead of standard output"},
                   {"hard", "", "delete: erase at once what the server would keep for a while"},
                   {"yes", "", "delete: do not ask"},
                   {"log-out-others", "", "password: log all other devices out"},
                   {"password-file", "FILE", "password: read the new one from FILE (-: stdin)"}},
       .run = RunAccount}};
}

}  // namespace

Theme AccountVerbs() {
  Theme theme{"Your account", LoggingIn()};
  for (Command& command : Account()) theme.commands.push_back(std::move(command));
  return theme;
}

}  // namespace molva::cli
