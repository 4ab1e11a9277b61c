// At a replica: what became of the proposals it has made to the home.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Proposal `n` is in the store, or about to be: it stays until it is known what became of it and of
// all before it.
void Keep(Lanes& lanes, std::int64_t n, const std::string& body, const chain::Proposal& proposal,
          model::UserId author);

// An event that an own proposal has led to is being applied.
void SettleByEvent(Lanes& lanes, const LaneItem& item);
// Adds to `batch` that what is settled by now need not be kept, nor sent again.
void StoreSettled(ChatCore& core, const std::string& home, store::Batch& batch);
// The home has taken proposals: who waits is answered; the author of a publication that came to
// nothing is told, on his `me`, by info with what "failed", and if he is not in the topic once more
// when he comes.
void HandleTook(const CorePtr& core, const PeerTook& took);

// Publications made before `oldest` are sent without their payload from now on: tells their
// authors, each once.
void TellGivenUp(const CorePtr& core, absl::Time oldest);
// The user has attached: tells him of his publications that came to nothing while he was not there.
void TellUntold(const CorePtr& core, const Requester& to);

}  // namespace molva::topic
