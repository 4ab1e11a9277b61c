// At a replica: what its users do in the topic goes to the home as proposals.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Takes what only the home may decide; leaves what this server decides for its users: reading,
// attaching, private notes, soft deletions, receipts. Returns whether it took `command`.
bool TakeAtReplica(const CorePtr& core, Command& command);

// Joining anew, or with other rights. The session waits for the home.
void ProposeJoin(const CorePtr& core, const Join& command);

// Stores a proposal with its delivery and hands it to the home's link. `command` is answered when
// the home has decided (answers.h), or at once if it cannot be kept.
void Propose(const CorePtr& core, Command command, chain::Action action,
             std::optional<chain::Payload> payload = {});

}  // namespace molva::topic
