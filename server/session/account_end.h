// del what=user: the end of an account.
#pragma once

#include "model/request.h"

namespace molva::session {

class Session;

// Ends the account that `del` names, or the session's own, or refuses to.
// Source: docs/protocol behaviour §14.3.
void EndAccount(Session& session, const model::Request& request, const model::Del& del);

}  // namespace molva::session
