// acc of a user who is new: the beginning of an account.
#pragma once

#include "model/request.h"

namespace molva::session {

class Session;

// Makes the account that `acc` describes, or refuses to.
// Source: docs/protocol behaviour §5.2.
void StartAccount(Session& session, const model::Request& request, model::Acc acc);

}  // namespace molva::session
