// pub: admission, sequence numbers, the store, and only then the receipt and the fan-out.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// Publishes are pipelined: many may wait for the store, in the order of their numbers. If one
// fails, all behind it fail too and their numbers are given out again: `seq` has no gaps.
// Source: docs/protocol behaviour §7.
void HandlePublish(const CorePtr& core, Publish command);

// Tells who waits for the publish that it comes to nothing.
void RefusePublish(ChatCore& core, const Publish& command, const absl::Status& status);

// A message that the topic itself makes in the name of `author`, who is a subscriber. Runs `then`
// once it is stored and told, or was not stored.
void PublishOwn(const CorePtr& core, model::UserId author, model::JsonFields head,
                model::RawJson content, absl::AnyInvocable<void()> then);

// Whether the store is not too far behind for one more.
bool HasRoomToPublish(const ChatCore& core);

// Whether the publish may stand. Errors: the refusals of behaviour §7.1 in their order.
absl::Status AdmitPublish(const ChatCore& core, const Publish& command);

// Tells sessions in the topic and on `me` of a message that is on disk and now the topic's last
// one.
void TellOfMessage(ChatCore& core, const store::MessageRecord& message, const Except& except);

}  // namespace molva::topic
