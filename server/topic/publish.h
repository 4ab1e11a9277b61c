// pub: admission, sequence numbers, the store, and only then the receipt and the fan-out.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Publishes are pipelined: many may wait for the store, in the order of their numbers. If one
// fails, all behind it fail too and their numbers are given out again: `seq` has no gaps.
// Source: docs/protocol behaviour §7.
void HandlePublish(const CorePtr& core, Publish command);

}  // namespace molva::topic
