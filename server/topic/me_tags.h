// get and set tags on `me`: by what a user is found.
#pragma once

#include <string>
#include <vector>

#include "topic/me_meta.h"
#include "topic/sequence.h"

namespace molva::topic {

// Source: docs/protocol behaviour §9.2, §12.
void GetMyTags(const MeState& me, const Requester& from);
void SetMyTags(const MePtr& me, const Requester& from, const std::vector<std::string>& wanted,
               Sequence::Next next);
// Replaces the tags of an auth scheme, in the store too.
void SwapMyTags(const MePtr& me, const SwapTags& command);

}  // namespace molva::topic
