// The folder of a node's keys, as files that go into an archive and come out of one.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "backup/archive_part.h"

namespace molva::backup {

// The names of all keys, in order; a folder that is not there has none. What is half written
// (.new) is left out.
// Errors: kFailedPrecondition, which names what is wrong.
absl::StatusOr<std::vector<std::string>> ListKeys(const std::string& folder);
// At most kMaxKeyBytes. Errors: as above.
absl::StatusOr<std::string> ReadKeyFile(const std::string& folder, const std::string& name);
// Durable when it returns, mode 600 in folders of mode 700. One that is there and is the same is
// left alone.
// Errors: kAlreadyExists if there is another one; as above.
absl::Status WriteKeyFile(const std::string& folder, const KeyFile& key);

}  // namespace molva::backup
