// note: typing, received and read marks, what clients tell each other besides.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Notes are never acknowledged; what makes no sense is dropped. The one reply is 409 for a note
// that needs attachment. Source: docs/protocol behaviour §11, presence §8.
void HandleMark(const CorePtr& core, const Mark& command);

}  // namespace molva::topic
