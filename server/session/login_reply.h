// The parameters of a successful login, shared by login and acc.
#pragma once

#include <absl/status/statusor.h>

#include "auth/authenticator.h"
#include "model/raw_json.h"

namespace molva::session {

class Session;

// Makes the session the user's and returns user, authlvl, token and expires.
absl::StatusOr<model::JsonFields> Authenticate(Session& session, const auth::Identity& identity);

}  // namespace molva::session
