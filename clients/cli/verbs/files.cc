#include "clients/cli/commands.h"
#include "clients/cli/verbs.h"

namespace molva::cli {

Theme FileVerbs() {
  const OptionRule mime{"mime", "TYPE", "what the file is (default: by the end of its name)"};
  return {
      "Files",
      {{.name = "attach",
        .words = "WHO FILE [TEXT]",
        .summary = "Send a file",
        .example = "molva attach bob holiday.jpg \"the beach\"",
        .min_words = 2,
        .max_words = kAnyNumber,
        .options = {mime},
        .run = RunAttach},
       {.name = "download",
        .words = "WHO SEQ",
        .summary = "Get the files of a message",
        .details = "They get the names their sender gave them, without folders. What is there "
                   "already is not written over.",
        .example = "molva download bob 17 --to beach.jpg",
        .min_words = 2,
        .max_words = 2,
        .options = {{"to", "FILE", "under this name, into this folder/, or - to standard output"}},
        .run = RunDownload},
       {.name = "avatar",
        .words = "set|get|remove …",
        .summary = "The picture of yourself, somebody else or a group",
        .details =
            "avatar set FILE [GROUP], avatar get FILE [WHO], avatar remove [GROUP]. Only the "
            "owner changes a group's.",
        .example = "molva avatar set me.png",
        .min_words = 1,
        .max_words = 3,
        .options = {mime},
        .run = RunAvatar}}};
}

}  // namespace molva::cli
