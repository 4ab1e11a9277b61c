#include "topic/repeats.h"

#include "topic/own_heads.h"
#include "topic/publish.h"

namespace molva::topic {
namespace {

using model::Fail;
using model::Fault;

// The topic waits meanwhile, so that publications keep their order.
void ReadUids(const CorePtr& core, Publish command) {
  core->Hold();
  core->env.store.ListUids(core->name, KnownUids::kMost,
                           [core, command = std::move(command)](
                               const absl::StatusOr<std::vector<store::UidRecord>>& uids) mutable {
                             if (uids.ok()) {
                               core->uids.Fill(*uids);
                               HandlePublish(core, std::move(command));
                             } else {
                               core->Refuse(command.from, uids.status());
                             }
                             core->Release();
                           });
}

}  // namespace

bool TakeRepeat(const CorePtr& core, Publish& command) {
  const absl::StatusOr<OwnHeads> own = ReadOwnHeads(command.request.head);
  if (!own.ok() || own->uid.empty()) return false;
  if (!core->uids.is_read()) {
    ReadUids(core, std::move(command));
    return true;
  }
  KnownUids::Entry* first = core->uids.Find(command.from.user, own->uid);
  if (first == nullptr) return false;
  // What answers a proposal is stored behind the message, and fails with it.
  if (first->is_stored || command.from.is_remote()) {
    core->Reply(command.from, Fault::kAccepted, {{"seq", model::JsonNumber(first->seq)}});
  } else if (first->repeats.size() < KnownUids::kMostRepeats) {
    first->repeats.push_back(std::move(command.from));
  } else {
    core->Refuse(command.from, Fail(Fault::kServiceUnavailable, "too many wait for one uid"));
  }
  return true;
}

void SealUid(ChatCore& core, const store::MessageRecord& message, const std::string& uid,
             store::Batch& batch) {
  core.uids.Add(message.from, uid, message.seq);
  batch.emplace_back(store::PutUid{{message.topic, message.seq, message.from, uid}});
  if (const auto through = core.uids.Trim()) {
    batch.emplace_back(store::EraseUids{message.topic, *through});
  }
}

}  // namespace molva::topic
