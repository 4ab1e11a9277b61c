// Who a secret is, whichever way it is kept: the auth schemes, and codes that were sent by letter.
#pragma once

#include <string>

#include "session/session_env.h"

namespace molva::session {

// Asks the auth scheme that clients call `scheme`, or the reset codes if that is "code".
// Source: docs/protocol behaviour §5.5 and §15.
void CheckSecret(const SessionEnv& env, const std::string& scheme, std::string secret,
                 std::string address, store::Done<auth::Identity> done);

}  // namespace molva::session
