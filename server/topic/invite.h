// set sub: one's own rights, and those of others; invitations.
#pragma once

#include "topic/chat_core.h"
#include "topic/sequence.h"

namespace molva::topic {

// Source: docs/protocol behaviour §9.2, tables "sub, self" and "sub, other user".
void SetOwnSub(const CorePtr& core, const Requester& from, const model::SetSub& sub,
               Sequence::Next next);
void SetOthersSub(const CorePtr& core, const Requester& from, const model::SetSub& sub,
                  Sequence::Next next);

}  // namespace molva::topic
