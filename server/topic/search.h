// get search: which messages have these words, in one topic or in all of a user.
#pragma once

#include "topic/chat_core.h"
#include "topic/me_topic.h"
#include "topic/sequence.h"

namespace molva::topic {

// One info for each message, newest first, then ctrl 208 with the count, or 204.
// Source: docs/protocol beyond §7.
void GetSearch(const CorePtr& core, const Requester& from, const model::SearchOptions& options,
               Sequence::Next next);
// The same over all topics that the user may read now; the store decides which these are.
void GetSearchOfAll(const std::shared_ptr<MeState>& me, const Requester& from,
                    const model::SearchOptions& options, Sequence::Next next);

}  // namespace molva::topic
