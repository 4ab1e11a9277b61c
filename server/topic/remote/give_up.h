// At a replica: publications that the home did not take, when nobody waits for the answer any more.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Tells the author of a proposal, on his `me`, that it came to nothing: info with what "failed".
void TellFailed(const CorePtr& core, const store::StoredEntry& stored);

// Publications older than `oldest` are sent without their payload from now on: tells their authors,
// each once.
void TellGivenUp(const CorePtr& core, absl::Time oldest);

}  // namespace molva::topic
