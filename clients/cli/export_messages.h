// What is exported: lines of JSON.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>

#include "clients/cli/json_text.h"
#include "clients/cli/new_file.h"
#include "clients/cli/people.h"
#include "clients/cli/session.h"

namespace molva::cli {

absl::Status WriteLine(NewFile& file, const JsonObject& object);

// Writes all messages of an attached topic that the user may read, the oldest first; how many.
// Each line begins with the members of `begin`.
absl::StatusOr<std::int64_t> ExportMessages(Session& session, const std::string& topic,
                                            const NameBook& names, const JsonObject& begin,
                                            NewFile& file);

}  // namespace molva::cli
