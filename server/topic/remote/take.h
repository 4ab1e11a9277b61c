// At the home: carrying out what users of other servers propose.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Takes proposals in their order, each at most once, until one holds the topic. Returns how many of
// `entries.items` are done with; the rest must be offered again when the topic is free.
// `carry_out` does a command as if the user were here (its requester is remote).
std::size_t TakeProposals(const CorePtr& core, const PeerEntries& entries,
                          const std::function<void(Command)>& carry_out);

// A command that came as a proposal may have ended: if it had no effect, what it led to is stored
// and sent back. To be called whenever the topic is free.
void FinishProposal(const CorePtr& core);

}  // namespace molva::topic
