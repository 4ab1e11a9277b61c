#include <utility>

#include "clients/cli/commands.h"
#include "clients/cli/verbs.h"

namespace molva::cli {
namespace {

std::vector<Command> Reading() {
  return {
      {.name = "tail",
       .words = "[WHO]",
       .summary = "Print messages as they come; without WHO all of yours",
       .details = "When it listens it says so on standard error.",
       .example = "molva tail --json | jq -r .text",
       .max_words = 1,
       .options = {{"count", "N", "stop after N messages"},
                   {"timeout", "SECONDS", "stop after so long"}},
       .run = RunTail},
      {.name = "history",
       .words = "WHO",
       .summary = "Print the last messages",
       .example = "molva history bob --limit 5 --numbers",
       .min_words = 1,
       .max_words = 1,
       .options = {{"limit", "N", "how many (default: 24)"},
                   {"before", "SEQ", "only those before number SEQ"},
                   {"numbers", "", "begin each line with the number of the message"}},
       .run = RunHistory},
      {.name = "search",
       .words = "[WHO] WORD…",
       .summary = "Find messages by their words",
       .details = "A message is found if it has all the words, \"phrases in quotation marks\" and "
                  "beginnings*; case makes no difference. The newest come first; those before them "
                  "are found with --before. With --all and without WHO, all your chats are "
                  "searched.",
       .example = "molva search bob budget '\"next year\"' fed*",
       .min_words = 1,
       .max_words = kAnyNumber,
       .options = {{"all", "", "in all your chats"},
                   {"limit", "N", "how many (default: 24)"},
                   {"before", "SEQ", "only those before number SEQ"}},
       .run = RunSearch},
      {.name = "export",
       .words = "WHO",
       .summary = "Write all messages of a chat, one JSON object per line",
       .details = "The fields are those of molva history --json, the oldest message comes first.",
       .example = "molva export bob --to bob.jsonl",
       .min_words = 1,
       .max_words = 1,
       .options = {{"to", "FILE", "into a new file instead of standard output"}},
       .run = RunExport},
  };
}

std::vector<Command> Writing() {
  return {
      {.name = "chat",
       .words = "WHO",
       .summary = "Talk with somebody or a group",
       .details =
           "Shows the last messages, then what comes in, and sends each line you write. It tells "
           "others that you are typing and what you have read, and shows the same of them. /quit "
           "or Ctrl-D leaves. Without a terminal each line of standard input is sent.",
       .example = "molva chat bob",
       .min_words = 1,
       .max_words = 1,
       .run = RunChat},
      {.name = "send",
       .words = "WHO [TEXT]",
       .summary = "Send a message; without TEXT what stands on standard input",
       .details =
           "If the connection breaks before the server has answered, the message is sent again "
           "under the same uid, and is there once.",
       .example = "uptime | molva send ops --ttl 1d",
       .min_words = 1,
       .max_words = kAnyNumber,
       .options = {{"reply", "SEQ", "as an answer to message number SEQ"},
                   {"ttl", "TIME", "only for a time: seconds, or 30m, 12h, 7d"},
                   {"once", "", "only until all in the chat have received it"},
                   {"uid", "UID", "a uid of your own, to send the same message again safely"}},
       .run = RunSend},
      {.name = "edit",
       .words = "WHO SEQ TEXT",
       .summary = "Send TEXT instead of your message number SEQ",
       .example = "molva edit bob 17 \"on Tuesday\"",
       .min_words = 3,
       .max_words = kAnyNumber,
       .run = RunEdit},
      {.name = "delete",
       .words = "WHO SEQ…",
       .summary = "Delete messages for everybody",
       .example = "molva delete grpAbCdEfGhIjK 17 18",
       .min_words = 2,
       .max_words = kAnyNumber,
       .options = {{"for-me", "", "only for yourself"}},
       .run = RunDelete},
  };
}

std::vector<Command> Keeping() {
  return {
      {.name = "keep",
       .words = "WHO [TIME|forever]",
       .summary = "Show or say how long messages of a chat stay",
       .details = "TIME is seconds, or 30m, 12h, 7d. Without --history it is for each new message, "
                  "with it also for those that are there already. Of a group its owner says it.",
       .example = "molva keep grpAbCdEfGhIjK --history 90d",
       .min_words = 1,
       .max_words = 2,
       .options = {{"history", "TIME", "delete all messages that are older; forever: none"},
                   {"once", "on|off", "delete new messages when all in the chat have them"}},
       .run = RunKeep},
      {.name = "save",
       .words = "WHO SEQ…",
       .summary = "Keep messages among your own notes, the chat slf",
       .example = "molva save bob 17 && molva history slf",
       .min_words = 2,
       .max_words = kAnyNumber,
       .run = RunSave},
  };
}

std::vector<Command> Marking() {
  return {
      {.name = "react",
       .words = "WHO SEQ SIGN",
       .summary = "Set a sign on a message",
       .details = "A sign is any short text without blanks. To set it twice changes nothing.",
       .example = "molva react bob 17 👍",
       .min_words = 3,
       .max_words = 3,
       .run = RunReact},
      {.name = "unreact",
       .words = "WHO SEQ SIGN",
       .summary = "Take your sign back",
       .example = "molva unreact bob 17 👍",
       .min_words = 3,
       .max_words = 3,
       .run = RunUnreact},
      {.name = "reactions",
       .words = "WHO [SEQ…]",
       .summary = "List the signs on the last messages, or on those named",
       .example = "molva reactions bob 17",
       .min_words = 1,
       .max_words = kAnyNumber,
       .options = {{"limit", "N", "of how many messages (default: 24)"}},
       .run = RunReactions},
      {.name = "pin",
       .words = "WHO SEQ",
       .summary = "Pin a message above the chat, for all in it",
       .example = "molva pin grpAbCdEfGhIjK 17",
       .min_words = 2,
       .max_words = 2,
       .run = RunPin},
      {.name = "unpin",
       .words = "WHO SEQ",
       .summary = "Take a pin off",
       .example = "molva unpin grpAbCdEfGhIjK 17",
       .min_words = 2,
       .max_words = 2,
       .run = RunUnpin},
      {.name = "pins",
       .words = "WHO",
       .summary = "Print the pinned messages",
       .example = "molva pins grpAbCdEfGhIjK",
       .min_words = 1,
       .max_words = 1,
       .run = RunPins},
  };
}

}  // namespace

Theme MessageVerbs() {
  Theme theme{"Messages", {}};
  for (auto* part : {Writing, Keeping, Reading, Marking}) {
    for (Command& command : part()) theme.commands.push_back(std::move(command));
  }
  return theme;
}

}  // namespace molva::cli
