// get data and get del: what was said, and what was deleted.
#pragma once

#include "topic/chat_core.h"
#include "topic/sequence.h"

namespace molva::topic {

// Newest first, then ctrl 208 with the count, or 204. Source: docs/protocol behaviour §8.5.
void GetData(const CorePtr& core, const Requester& from, const model::GetOptions& options,
             Sequence::Next next);
// One meta.del, or 204. Source: docs/protocol behaviour §8.6.
void GetDeletions(const CorePtr& core, const Requester& from, const model::GetOptions& options,
                  Sequence::Next next);

// The numbers that `options` asks for; nothing if there are none. Errors: kPermissionDenied: `from`
// may not read. kMalformed.
absl::StatusOr<std::vector<model::SeqRange>> RangesToRead(const ChatCore& core,
                                                          const Requester& from,
                                                          const model::GetOptions& options);
// How many messages at most are sent at once.
std::int32_t MessagesPerPage(const ChatCore& core, const model::GetOptions& options);

}  // namespace molva::topic
