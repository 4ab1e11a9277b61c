// How old a message may be and still be deleted for everybody.
#pragma once

#include <vector>

#include "topic/chat_core.h"

namespace molva::topic {

// What of the normalised `ranges` is younger than Limits::delete_age. Without a limit that is all,
// and `done` is called at once; otherwise the numbers are searched by halves, one read of the store
// each, while the topic is held.
// Errors: kPermissionDenied: all of it is too old; those of the store.
// Source: docs/protocol behaviour §10, pitfalls A43.
void CutToAge(const CorePtr& core, std::vector<model::SeqRange> ranges,
              store::Done<std::vector<model::SeqRange>> done);

}  // namespace molva::topic
