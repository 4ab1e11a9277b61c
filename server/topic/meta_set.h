// set: description, rights, tags and aux of a chat topic.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Each part is stored and answered on its own, in the order desc, sub, tags, cred, aux.
// Source: docs/protocol behaviour §9.
void HandleChange(const CorePtr& core, const Change& command);

}  // namespace molva::topic
