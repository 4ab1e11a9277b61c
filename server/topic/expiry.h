// Messages that are kept for a time only.
#pragma once

#include "topic/chat_core.h"
#include "topic/own_heads.h"

namespace molva::topic {

// When a message of now is to be deleted: its own time or the topic's default, whichever ends
// first. nullopt: never. Source: docs/protocol beyond §3.
std::optional<absl::Time> DueTime(const ChatCore& core, const OwnHeads& own, absl::Time now);

// Deletes for everybody what is left of the messages, and says so as of any deletion.
void HandleExpire(const CorePtr& core, const Expire& command);

}  // namespace molva::topic
