// Publications that bear a uid: one that comes again is answered with the number of the first.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Whether `command`, which may stand, has been dealt with: answered as a repetition, or kept until
// the store has told which uids it knows. If not, it is to be published. Takes it only then.
// Source: docs/protocol beyond §2.
bool TakeRepeat(const CorePtr& core, Publish& command);

// Adds to `batch`, which appends `message`, that it was published under `uid`.
void SealUid(ChatCore& core, const store::MessageRecord& message, const std::string& uid,
             store::Batch& batch);

}  // namespace molva::topic
