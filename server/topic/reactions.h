// Reactions: signs that users set on messages, stored, counted, and taken back.
#pragma once

#include "topic/chat_core.h"
#include "topic/sequence.h"

namespace molva::topic {

// Whether the note sets a sign or takes one back.
bool IsReaction(const std::string& what);

// Stores it, then tells everybody in the topic, the sender included: that is the receipt of what
// has none. Who repeats himself is told nothing. Source: docs/protocol beyond §4.
void HandleReaction(const CorePtr& core, const Mark& command);

// One info for each message that has reactions, newest first, then ctrl 208 with the count, or 204.
void GetReactions(const CorePtr& core, const Requester& from, const model::GetOptions& options,
                  Sequence::Next next);

}  // namespace molva::topic
