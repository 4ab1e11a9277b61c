// A backup of a node that runs, over its admin socket.
#pragma once

#include <absl/status/status.h>

#include <string>

#include "backup/archive_stream.h"
#include "backup/copy_records.h"

namespace molva::app {

// Asks the node at the socket for an archive and passes it on to `sink`. Blocks until it is whole.
// Errors: kUnavailable if no node answers there; what the node and the sink say.
absl::Status FetchBackup(const std::string& socket, backup::ByteSink& sink,
                         backup::ProgressTold told);

}  // namespace molva::app
