// What a request refers to is kept: the files of cards and messages.
#pragma once

#include "store/mutation.h"
#include "topic/command.h"

namespace molva::topic {

// Each adds to `batch` what lets a card refer to the first file that the request names, instead of
// what it referred to before. A request that names none changes nothing.
// Source: docs/protocol messages §2.
void KeepFileOf(model::UserId card, const Requester& from, store::Batch& batch);
void KeepFileOf(model::TopicName card, const Requester& from, store::Batch& batch);
// A message refers to all that the request names.
void KeepFilesOf(const store::MessageRecord& message, const Requester& from, store::Batch& batch);

}  // namespace molva::topic
