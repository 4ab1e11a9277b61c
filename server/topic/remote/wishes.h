// When a topic of two turns out to have its home elsewhere: what its user wanted and gave is
// proposed there as soon as both are members. Source: docs/federation.md §5.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

void RememberWishes(ChatCore& core);
void ProposeWishes(const CorePtr& core);

}  // namespace molva::topic
