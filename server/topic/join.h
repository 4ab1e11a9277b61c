// sub: who may come in, with which rights, and what follows.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// A sub of a topic that exists. Ends with Outbound::Settle. Source: docs/protocol behaviour §6.
void HandleJoin(const CorePtr& core, const Join& command);

// What happened on the way into the topic; decides the reply.
struct Arrival {
  Modes before;             // both unset: a new subscription
  bool is_created = false;  // the topic itself is new
};

// Attaches the session (unless the user's rights lack J), replies, tells the others and answers
// the get parts. The subscription is stored already.
void FinishJoin(const CorePtr& core, const Join& command, const Arrival& arrival);

// The session, which is here already, is to be seen from now on.
void HandleForeground(ChatCore& core, model::SessionHandle session);

// Refuses a join: the reply and the settlement.
void RefuseJoin(ChatCore& core, const Join& command, const absl::Status& status);

// The mode a join asks for; unset if none. Errors: kMalformed.
absl::StatusOr<model::AccessMode> RequestedMode(const model::Sub& request);

// The private note of a join replaces the stored one as a whole. Whether there is one.
bool ApplyPrivate(const model::Sub& request, store::SubscriptionRecord& record);

// Detaches all sessions of `user` with ctrl 205, except `spared`.
enum class Unsubscribed : bool { kNo, kYes };
void Evict(ChatCore& core, model::UserId user, Unsubscribed unsubscribed,
           model::SessionHandle spared);

}  // namespace molva::topic
