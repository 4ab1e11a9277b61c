// sub of a topic that does not exist yet: a new group, the first contact of two, self-notes.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Creates the topic (or, for p2p, whichever of the two subscriptions is missing) and joins it.
// Source: docs/protocol behaviour §6.2 to §6.4.
void CreateAndJoin(const CorePtr& core, const Join& command);

// Whether a join of this p2p topic must go through CreateAndJoin although the topic exists: the
// peer has left it.
bool LacksPeer(ChatCore& core);

// Whether `former`, who has left this topic of two, may be asked again already.
// Errors: kPolicyViolation. Source: docs/federation.md §5.
absl::Status CheckAskAgain(const ChatCore& core, const Subscriber& former, absl::Time now);

}  // namespace molva::topic
