#include "topic/sys_topic.h"

namespace molva::topic {

using model::AccessMode;
using model::Fail;
using model::Fault;

void CreateSys(const CorePtr& core, absl::AnyInvocable<void(absl::Status)> done) {
  store::TopicRecord record;
  record.name = core->name;
  record.created = record.updated = record.touched = core->env.shard.Now();
  record.public_card = model::JsonObject({{"fn", model::JsonText("System")}});
  core->env.store.Write({store::PutTopic{std::move(record), store::Expect::kAbsent}},
                        std::move(done));
}

absl::StatusOr<Modes> ModesInSys(model::AuthLevel level, std::optional<Modes> former,
                                 AccessMode requested) {
  if (level != model::AuthLevel::kRoot) {
    return Fail(Fault::kPermissionDenied, "reports are read by root");
  }
  Modes modes = former.value_or(Modes{model::access::kSys, model::access::kSys});
  if (requested.is_set()) modes.want = BoundSys(requested);
  return modes;
}

}  // namespace molva::topic
