// How readers of a channel come and go.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// The requester is in memory as a reader, and known (channel.h). Nobody but himself is told.

// A sub. Ends with Outbound::Settle. Source: docs/protocol behaviour §6.1 and §6.4.
void JoinAsReader(const CorePtr& core, const Join& command);

// A leave. Ends with Outbound::Settle. Source: docs/protocol behaviour §6.6.
void LeaveAsReader(const CorePtr& core, const Depart& command);

// del of the channel: he gives up his subscription, whether a session of his is in it or not.
void DropAsReader(const CorePtr& core, const Remove& command);

}  // namespace molva::topic
