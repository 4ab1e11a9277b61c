// Typing and receipts across servers: told, not kept.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Passes a note that has had its effect here on: from a replica to the home, from the home to the
// other servers with members.
void RelayNote(ChatCore& core, const Mark& command);

// A note of another server's user. Dropped unless the server may speak for him: his own, or the
// home.
void HandlePeerNote(const CorePtr& core, const PeerNote& note);

// The peer is there again: marks of own users may have been lost.
void RepeatMarks(ChatCore& core, const std::string& domain);

}  // namespace molva::topic
