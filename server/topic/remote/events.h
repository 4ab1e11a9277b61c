// At the home: the changes of a topic as events of its chain, in the batch of the change itself.
#pragma once

#include <string>
#include <vector>

#include "topic/chat_core.h"

namespace molva::topic {

// Events that were added to a batch, and the servers that must get them once it is committed.
struct Sealed {
  std::vector<LaneItemPtr> items;
  std::vector<std::string> peers;

  bool empty() const { return items.empty(); }
};

// Adds to `batch` what makes its changes known to the servers of foreign members: an entry of the
// chain for each, the deliveries, the shadows of users it names, and the mark that `cause` (may be
// null) has been taken. Adds nothing for a topic without foreign members, or for a replica.
// `actor` made the changes.
Sealed SealEvents(ChatCore& core, store::Batch& batch, model::UserId actor, const CausePtr& cause);

// Hands the events over to the peers, after the commit.
void DeliverSealed(const ChatCore& core, const Sealed& sealed);

// Before a foreign user becomes a member of a group that had none: puts its state and history into
// the chain. Then `done`. The topic is held. Nothing happens where there is a chain already.
void EnsureChain(const CorePtr& core, absl::AnyInvocable<void(absl::Status)> done);

// Adds to `batch` the mark that `cause` has been taken. `outcomes`: what its author is to know.
void SealTaken(ChatCore& core, store::Batch& batch, const Cause& cause,
               const std::vector<Outcome>& outcomes);

}  // namespace molva::topic
