// What a reader of a channel sets and marks: his own note, rights and how far he has read.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// The requester is in memory as a reader, and known (channel.h). Nobody but himself is told.

// A set. Source: docs/protocol behaviour §9.
void ChangeAsReader(const CorePtr& core, const Change& command);

// A note: receipts are kept, the rest is dropped. Source: docs/protocol behaviour §11 and §16.
void MarkAsReader(ChatCore& core, const Mark& command);

}  // namespace molva::topic
