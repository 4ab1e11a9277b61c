// At a replica: what its users do in the topic goes to the home as proposals.
#pragma once

#include "topic/chat_core.h"
#include "topic/join.h"

namespace molva::topic {

// Takes what only the home may decide; leaves what this server decides for its users: reading,
// attaching, private notes, soft deletions, receipts. Returns whether it took `command`.
bool TakeAtReplica(const CorePtr& core, Command& command);

// Joining anew, or with other rights. The session waits for the home.
void ProposeJoin(const CorePtr& core, const Join& command);

// The requester of the proposal that `item`, an event, comes from, if he still waits; null
// otherwise.
const Requester* WaitingFor(const ChatCore& core, const LaneItem& item);
// Answer him now that the event has had its effect. Each does nothing if he does not wait.
Except AnswerPublish(ChatCore& core, const LaneItem& item, model::SeqId seq);
void AnswerWaiting(const CorePtr& core, const LaneItem& item);
// Returns whether the event was a join of his, which then tells the others too.
bool AnswerJoin(const CorePtr& core, const LaneItem& item, Modes before);

// The home has taken proposals.
void HandleTook(const CorePtr& core, const PeerTook& took);
// The way to the home is gone: who waits is told that his request is kept.
void AnswerQueued(const CorePtr& core);
// Publications older than `oldest` will not be sent any more: tells their authors.
void TellGivenUp(const CorePtr& core, absl::Time oldest);

// When a topic of two turns out to have its home elsewhere: what its user wanted and gave is
// proposed there as soon as both are members.
void RememberWishes(ChatCore& core);
void ProposeWishes(const CorePtr& core);

}  // namespace molva::topic
