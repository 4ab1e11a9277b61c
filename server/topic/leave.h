// leave, a session's end, and being removed: every way out of a topic.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// A leave, with or without giving up the subscription. Ends with Outbound::Settle.
// Source: docs/protocol behaviour §6.6.
void HandleDepart(const CorePtr& core, const Depart& command);

// A session ended: like a leave, without replies.
void HandleSessionGone(const CorePtr& core, model::SessionHandle session);

// Ends `user`'s subscription in the store and in memory, evicts the user's sessions (except that
// of `by`), announces it and runs `done`. An erased p2p topic (nobody left) is gone from the store.
void Unsubscribe(const CorePtr& core, model::UserId user, const Requester& by,
                 absl::AnyInvocable<void(absl::Status)> done);

}  // namespace molva::topic
