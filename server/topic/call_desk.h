// Carries out calls: admission, what the two say to each other, the messages that tell how a call
// went.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Whether the publish asks for a call.
bool AsksForCall(const model::Pub& request);
// Whether it may. Errors: 501 without ICE servers or with somebody of another server, 403 outside
// of p2p topics, 486 while there is a call. Source: docs/protocol behaviour §7.1.
absl::Status AdmitCall(const ChatCore& core, const Publish& command);

// `message`, which asks for a call, is on its way to the store.
void BeginCall(const CorePtr& core, const store::MessageRecord& message,
               model::SessionHandle session);
// The message `seq` was not stored; there is no call if it had asked for one.
void CancelCall(ChatCore& core, model::SeqId seq);
// A note of a party or of somebody who is asked. What makes no sense is dropped.
void HandleCallNote(const CorePtr& core, const Mark& command);
// Nobody has answered for so long.
void HandleCallOverdue(const CorePtr& core, const CallOverdue& command);
// The session is not in the topic any more.
void LoseCallSession(const CorePtr& core, model::SessionHandle session);
// The topic is gone, and the call with it.
void ForgetCall(ChatCore& core);

}  // namespace molva::topic
