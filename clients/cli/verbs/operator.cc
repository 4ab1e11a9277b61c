#include "clients/cli/commands.h"
#include "clients/cli/verbs.h"

namespace molva::cli {

Theme OperatorVerbs() {
  return {
      "The program and the node",
      {{.name = "admin",
        .words = "fed|user …",
        .summary = "Look after a node on this machine",
        .details =
            "Other servers: fed list, fed show DOMAIN, fed ping DOMAIN, fed retry DOMAIN (dial at "
            "once), fed block PATTERN, fed allow PATTERN, where a pattern is a domain or *.domain; "
            "the list outlasts a restart, and what federation.deny names stays denied. Accounts, "
            "by login or user id: user show LOGIN, user promote LOGIN (root from the next login "
            "on), user demote LOGIN, user suspend LOGIN, user restore LOGIN, user delete LOGIN.",
        .example = "molva admin fed list --data /var/lib/molva",
        .min_words = 2,
        .max_words = 3,
        .options = {{"data", "DIR", "the node's data directory (environment: MOLVA_NODE_DATA)"},
                    {"socket", "PATH",
                     "the node's socket, instead of admin.sock in that directory"}},
        .run = RunAdmin},
       {.name = "completion",
        .words = "bash|zsh|fish",
        .summary = "Print a completion script for a shell",
        .example = "source <(molva completion bash)",
        .min_words = 1,
        .max_words = 1,
        .run = RunCompletion},
       {.name = "manual",
        .summary = "Print the manual page",
        .example = "molva manual | man -l -",
        .run = RunManual}}};
}

}  // namespace molva::cli
