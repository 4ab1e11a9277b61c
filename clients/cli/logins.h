// Where a user is logged in. Source: docs/protocol beyond, "sessions".
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "clients/cli/session.h"

namespace molva::cli {

struct Login {
  std::string id;
  std::string agent;
  std::string platform;
  std::string device;   // where to push to
  std::string created;  // RFC 3339
  std::string seen;     // right to the hour
  bool current = false;
};

// Last used first.
absl::StatusOr<std::vector<Login>> FetchLogins(Session& session);
// Ends the login `id` ("id"), all but this one ("others") or all ("all"); how many that were.
// Errors: kNotFound if there is none with that id.
absl::StatusOr<std::int64_t> EndLogins(Session& session, const std::string& which,
                                       const std::string& id);

}  // namespace molva::cli
