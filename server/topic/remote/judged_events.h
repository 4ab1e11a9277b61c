// At a replica: what the node's moderation says of messages and requests that the home has let
// pass.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Whether some of `items` from `at` on wait for verdicts. Then the topic is held until all have
// come, and they must be offered again. Asked about are messages of users of other servers, and
// that an own user is asked to become a member.
bool AwaitVerdicts(const CorePtr& core, const std::vector<LaneItemPtr>& items, std::size_t at);

// What was said of `item`; null: nothing stands against it. The home's order stands all the same: a
// message that is withheld here has its number, and no content.
const moderation::Verdict* VerdictOn(const ChatCore& core, const LaneItem& item);
bool Withholds(const moderation::Verdict* verdict);

}  // namespace molva::topic
