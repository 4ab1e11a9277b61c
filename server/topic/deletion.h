// del: messages, members and the topic itself.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Source: docs/protocol behaviour §10.
void HandleRemove(const CorePtr& core, const Remove& command);

}  // namespace molva::topic
