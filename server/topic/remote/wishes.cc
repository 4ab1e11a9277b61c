#include "topic/remote/wishes.h"

#include "topic/remote/propose.h"

namespace molva::topic {

using model::AccessMode;

void RememberWishes(ChatCore& core) {
  for (const auto& [user, subscriber] : core.subscribers) {
    if (core.env.names.IsForeign(user) || !subscriber.is_live()) continue;
    const Subscriber* peer = core.FindLive(core.name.PeerOf(user));
    core.lanes.wishes = Wishes{user, subscriber.record.want,
                               peer == nullptr ? AccessMode::Unset() : subscriber.record.want};
  }
}

void ProposeWishes(const CorePtr& core) {
  if (!core->lanes.wishes.has_value() || core->CountLive() < 2) return;
  const Wishes wishes = *core->lanes.wishes;
  core->lanes.wishes.reset();
  Change own;
  own.from.user = wishes.user;
  own.query.sub = model::SetSub{"", wishes.want.ToString()};
  Propose(core, own, chain::SetRights{"", wishes.want.ToString()});
  const std::string peer = core->env.names.GlobalNameOf(core->name.PeerOf(wishes.user));
  Propose(core, own, chain::SetRights{peer, wishes.gift.ToString()});
}

}  // namespace molva::topic
