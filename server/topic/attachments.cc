#include "topic/attachments.h"

namespace molva::topic {

void KeepFileOf(model::UserId card, const Requester& from, store::Batch& batch) {
  if (from.attachments.empty()) return;
  batch.emplace_back(store::LinkFiles{std::nullopt, card, 0, {from.attachments[0]}});
}

void KeepFileOf(model::TopicName card, const Requester& from, store::Batch& batch) {
  if (from.attachments.empty()) return;
  batch.emplace_back(store::LinkFiles{card, {}, 0, {from.attachments[0]}});
}

void KeepFilesOf(const store::MessageRecord& message, const Requester& from, store::Batch& batch) {
  if (from.attachments.empty()) return;
  batch.emplace_back(store::LinkFiles{message.topic, {}, message.seq, from.attachments});
}

}  // namespace molva::topic
