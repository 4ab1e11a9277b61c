// The parameters of the reply to a login, shared by login and acc.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <vector>

#include "model/raw_json.h"
#include "session/logins.h"

namespace molva::session {

class Session;

// Makes the session the user's, unless the secret was not one to log in with, and returns user,
// authlvl, token and expires.
model::JsonFields Admit(Session& session, const Entry& entry);
// The session stays a stranger's: `missing` credentials are to be confirmed first. The same
// parameters, with a token that will do for the next try, and `cred`.
model::JsonFields AskForCredentials(const Entry& entry, const std::vector<std::string>& missing);

// What tells the client how to go on, if `status` is a challenge; else nothing.
// Source: docs/protocol beyond §11.
model::JsonFields DescribeChallenge(const absl::Status& status);

// What the token of a login proves, whose secret has proved `identity`.
auth::Identity ProofOf(const auth::Identity& identity);

}  // namespace molva::session
