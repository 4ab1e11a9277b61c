// Asks for passwords where nobody else can see them.
#pragma once

#include <absl/status/statusor.h>

#include <string>

namespace molva::cli {

// From the first line of `file` ("-" is standard input); with `file` empty from the terminal,
// without echo, or from standard input if there is no terminal.
// Errors: kInvalidArgument if the file cannot be read or the password is empty.
absl::StatusOr<std::string> ReadPassword(const std::string& prompt, const std::string& file);

}  // namespace molva::cli
