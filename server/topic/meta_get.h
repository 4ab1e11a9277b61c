// get: description, members, tags and aux of a chat topic, for those who are in it and for others.
#pragma once

#include "topic/chat_core.h"
#include "topic/query_plan.h"
#include "topic/sequence.h"

namespace molva::topic {

// A get command. Source: docs/protocol behaviour §8.
void HandleQuery(const CorePtr& core, const Query& command);

// The parts of the get inside a sub, answered after its ctrl.
void AnswerParts(const CorePtr& core, const Requester& from, const model::GetQuery& query,
                 PlanOrder order);

// The rights of `modes` as they are shown to their owner.
model::AccessText AccessTextOf(const Modes& modes);
// The same as a value for ctrl params.
model::RawJson AccessJsonOf(const Modes& modes);

// An account's state as root sees it.
inline std::string StateText(store::State state) {
  return state == store::State::kSuspended ? "susp" : "ok";
}

}  // namespace molva::topic
