// Messages that are kept only until everybody has received them.
#pragma once

#include "topic/chat_core.h"
#include "topic/own_heads.h"

namespace molva::topic {

// How long such a message stays if somebody never comes. Source: docs/protocol beyond §8.
inline constexpr absl::Duration kOnceBound = absl::Hours(24 * 30);

// Whether the message asks for it, or the topic for all of its messages.
bool IsOnce(const ChatCore& core, const OwnHeads& own);

// A message that IsOnce was stored.
void RememberOnce(ChatCore& core, model::SeqId seq);

// A receipt came: deletes for everybody what all members have by now. At a replica that is the
// home's to do.
void DeleteDelivered(const CorePtr& core);

}  // namespace molva::topic
