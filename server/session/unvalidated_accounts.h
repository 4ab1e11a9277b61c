// Accounts that nobody has shown a contact for: they go after a while.
#pragma once

#include "session/session_env.h"

namespace molva::session {

// Ends, hard, the accounts that began with contacts to be confirmed longer than `age` ago, of which
// none is and which nobody has used. Looks from time to time, from now on; one shard does it for
// all of the node.
//
// Thread:  the shard of `env`, which outlives what is under way.
void CollectUnvalidatedAccounts(const SessionEnv& env, absl::Duration age);

}  // namespace molva::session
