// How the program tells its caller what happened.
#pragma once

#include <absl/status/status.h>

namespace molva::cli {

// Documented in molva(1).
enum class ExitCode : int {
  kDone = 0,
  kRefused = 1,   // the server or the system said no
  kUsage = 2,     // the command line makes no sense
  kNoServer = 3,  // the server cannot be reached, or went away
  kNotLoggedIn = 4,
  kNotFound = 5,
  kTimeout = 6,
  kUnsupported = 7,  // the server cannot do this at all
  kTooOften = 8,     // the server wants to be asked less often
};

inline ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kDone;
    case absl::StatusCode::kInvalidArgument:
      return ExitCode::kUsage;
    case absl::StatusCode::kUnavailable:
      return ExitCode::kNoServer;
    case absl::StatusCode::kUnauthenticated:
      return ExitCode::kNotLoggedIn;
    case absl::StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case absl::StatusCode::kDeadlineExceeded:
      return ExitCode::kTimeout;
    case absl::StatusCode::kUnimplemented:
      return ExitCode::kUnsupported;
    case absl::StatusCode::kResourceExhausted:
      return ExitCode::kTooOften;
    default:
      return ExitCode::kRefused;
  }
}

}  // namespace molva::cli
