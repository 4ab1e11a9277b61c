// At a replica: taking over what the home has ordered.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Applies events in their order until one holds the topic. Returns how many of `entries.items` are
// done with; the rest must be offered again when the topic is free. What may not stand is refused:
// the rules are in remote/event_rules.h.
std::size_t ApplyEvents(const CorePtr& core, const PeerEntries& entries);

}  // namespace molva::topic
