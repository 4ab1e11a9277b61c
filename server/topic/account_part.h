// A chat topic's part when the account of one of its members is suspended, restored or ended.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Freezes or thaws the topic if it is his or of two; or lets him go, and ends what he owns and
// topics of two. May be repeated. Ends with a TopicSettled to his `me`.
// Source: docs/protocol behaviour §14.2 and §14.3.
void HandleAccountChanged(const CorePtr& core, const AccountChanged& change);

}  // namespace molva::topic
