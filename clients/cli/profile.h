// Who the user is on which server, kept between runs.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <optional>
#include <string>

namespace molva::cli {

// One login, in a file of its own that only the user may read:
// $XDG_CONFIG_HOME/molva/<name>.json, or ~/.config/molva/<name>.json.
struct Profile {
  std::string server;
  std::string login;
  std::string user;     // "usr…"
  std::string token;    // base64
  std::string expires;  // RFC 3339
};

// Nullopt if there is no such profile.
// Errors: kInvalidArgument for a name that is no plain word, kFailedPrecondition if the file is
//         damaged or others may read it.
absl::StatusOr<std::optional<Profile>> LoadProfile(const std::string& name);
// Replaces the file as a whole.
absl::Status SaveProfile(const std::string& name, const Profile& profile);
// Does nothing if there is none.
absl::Status ForgetProfile(const std::string& name);

}  // namespace molva::cli
