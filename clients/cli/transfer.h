// Files between this machine and the server of a login, with a line that shows how far they are.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>

#include "clients/cli/command.h"
#include "clients/cli/file_link.h"
#include "clients/cli/new_file.h"

namespace molva::cli {

// The URL that stands for the file in messages.
// Errors: kUnimplemented if the server takes no files, kFailedPrecondition for a file longer than
//         it takes.
absl::StatusOr<std::string> UploadFrom(const Context& context, const LoggedIn& mine,
                                       const LocalFile& file);
// How many bytes came. `expected_bytes` is for the progress alone, 0 if nobody knows.
// Errors: kInvalidArgument for a file that is elsewhere.
absl::StatusOr<std::int64_t> DownloadTo(const Context& context, const Profile& profile,
                                        const std::string& url, std::int64_t expected_bytes,
                                        NewFile& out);

}  // namespace molva::cli
