// After a failed write nobody knows the last numbers but the store.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Reads the topic's last seq and the heads of its lanes, again after a second if the store does not
// answer; then publishing goes on, and peers are asked for what was lost on the way.
void RereadNumbers(const CorePtr& core);

// Fills core->lanes from the store.
void ReadLanes(const CorePtr& core, absl::AnyInvocable<void(absl::Status)> done);

}  // namespace molva::topic
