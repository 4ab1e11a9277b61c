// Where a Unix socket is listened on.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace molva::transport {

// The path of "unix:/path"; nullopt for an address of the network.
std::optional<std::string> UnixPath(std::string_view address);

// Makes `path` free for a socket of ours: one that nobody listens on any more is removed.
// Errors: kInvalidArgument for a path that is relative or too long; kUnavailable if somebody
//         listens there, or something else than a socket is there.
absl::Status ClearUnixPath(const std::string& path);

// "0660" as bits. Errors: kInvalidArgument for what is no mode in octal digits.
absl::StatusOr<mode_t> ParseSocketMode(const std::string& text);

// A bound descriptor that does not listen yet: nobody can connect before the mode is set.
absl::StatusOr<int> BindUnixSocket(const std::string& path, mode_t mode);

}  // namespace molva::transport
