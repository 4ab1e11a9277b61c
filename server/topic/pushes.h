// What a chat topic lets devices be told of. Nothing happens on a node without push services.
#pragma once

#include "topic/announce.h"
#include "topic/chat_core.h"

namespace molva::topic {

// Source of all: docs/protocol behaviour §17.

// A message is on disk. To subscribers with R and P, and to followers of a channel.
void PushMessage(const ChatCore& core, const store::MessageRecord& message);
// Somebody is a new subscriber, or what he may do has changed.
void PushAccess(const ChatCore& core, const AccessChange& change);
// `user` has read up to `seq`: his devices need not show it any more.
void PushRead(const ChatCore& core, model::UserId user, model::SeqId seq);
// The topic is gone.
void PushDeleted(const ChatCore& core);

}  // namespace molva::topic
