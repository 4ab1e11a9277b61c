// del: messages, members and the topic itself.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Source: docs/protocol behaviour §10.
void HandleRemove(const CorePtr& core, const Remove& command);

// Whether `user` may delete messages for everybody: he has D, and in a topic of two the node allows
// it.
bool MayDeleteForAll(const ChatCore& core, model::UserId user);
// The number for the topic's next deletion: one counter for those of everybody and of one user.
std::int32_t NextDeletionId(const ChatCore& core);
// Tells sessions in the topic and on `me` of a deletion that is on disk.
void TellDeleted(ChatCore& core, const Requester& by, const store::DeletionRecord& deletion);
// The topic has been erased from the store: tells its subscribers, detaches all sessions.
void ForgetTopic(ChatCore& core, model::SessionHandle actor_session);

}  // namespace molva::topic
