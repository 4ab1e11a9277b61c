// Where the readers and the members of a channel meet: readers who become members, and bans.
#pragma once

#include "topic/chat_core.h"
#include "topic/sequence.h"

namespace molva::topic {

// Who becomes a member is no reader any more. Adds the end of the live `reader` to `batch`.
void AddReadersEnd(const store::SubscriptionRecord& reader, absl::Time now, store::Batch& batch);
// After that batch is stored: his sessions under the reader's name are evicted. `spared` need not
// be told.
void OnReaderBecameMember(ChatCore& core, const store::SubscriptionRecord& reader, absl::Time now,
                          model::SessionHandle spared);

// An admin's `mode` for somebody who is a reader and no member. Without J it bans him; JRP, or a
// part of it, lifts the ban; anything else is an invitation. Unset if it is one.
std::optional<model::AccessMode> ReadersNewGiven(const store::SubscriptionRecord& reader,
                                                 model::AccessMode mode);
// Stores it, answers, and evicts who is banned.
void SetReadersGiven(const CorePtr& core, const Requester& from,
                     const store::SubscriptionRecord& reader, model::AccessMode given,
                     Sequence::Next next);

// Ends the subscription of `user` as a reader, if there is one, as it ends with his account.
void EndReader(const CorePtr& core, model::UserId user,
               absl::AnyInvocable<void(absl::Status)> done);

}  // namespace molva::topic
