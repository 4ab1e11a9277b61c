// In which state an account is, as root says it.
#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "store/records.h"

namespace molva::session {

class Session;

// What `status` of an acc means; an account that is not said to be in one is ok.
// Errors: kPermissionDenied: only root says it. kMalformed.
absl::StatusOr<store::State> NewState(const Session& session, const std::string& status);

}  // namespace molva::session
