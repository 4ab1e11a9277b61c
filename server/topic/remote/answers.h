// At a replica: answers to those whose requests went to the home as proposals.
#pragma once

#include "topic/chat_core.h"
#include "topic/join.h"

namespace molva::topic {

// The requester of the proposal that `item`, an event, comes from, if he still waits; null
// otherwise.
const Requester* WaitingFor(const ChatCore& core, const LaneItem& item);
// Answer him now that the event has had its effect. Each does nothing if he does not wait.
Except AnswerPublish(ChatCore& core, const LaneItem& item, model::SeqId seq);
void AnswerWaiting(const CorePtr& core, const LaneItem& item);
// Returns whether the event was a join of his, which then tells the others too.
bool AnswerJoin(const CorePtr& core, const LaneItem& item, Modes before);

// Answers who waits for a proposal that led to no event. Returns whether somebody did.
bool AnswerOutcome(const CorePtr& core, const Outcome& outcome);
// The way to the home is gone: who waits is told that his request is kept.
void AnswerQueued(const CorePtr& core);
void AnswerOneQueued(ChatCore& core, const Command& command);
// The request was not kept.
void RefuseRequest(ChatCore& core, const Command& command, const absl::Status& status);

}  // namespace molva::topic
