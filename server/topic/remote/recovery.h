// After a failed write nobody knows the last numbers but the store.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Reads the topic's last seq and the heads of its lanes, again after a second if the store does not
// answer; then publishing goes on, and peers are asked for what was lost on the way.
void RereadNumbers(const CorePtr& core);

// Takes over what the store has of the lanes.
void SetLanes(Lanes& lanes, const std::vector<store::LaneRecord>& records);

}  // namespace molva::topic
