#include "topic/account_part.h"

#include "topic/channel_members.h"
#include "topic/deletion.h"
#include "topic/leave.h"
#include "topic/remote/propose.h"

namespace molva::topic {
namespace {

using model::TopicKind;
using model::UserId;
using Settled = TopicSettled::Outcome;

void Settle(const ChatCore& core, UserId user, Settled outcome) {
  core.env.outbound.Send(model::TopicName::Me(user), TopicSettled{core.name, outcome});
}

void Settle(const ChatCore& core, UserId user, const absl::Status& status) {
  Settle(core, user, status.ok() ? Settled::kDone : Settled::kLater);
}

// He asks for it himself, though no session of his is left.
Requester As(const ChatCore& core, UserId user) {
  Requester from;
  from.user = user;
  from.level = model::AuthLevel::kAuth;
  from.received = core.env.shard.Now();
  return from;
}

void EraseWith(const CorePtr& core, const AccountChanged& change) {
  const bool hard = change.task == AccountTask::kEndHard;
  core->Commit({store::EraseTopic{core->name, hard}},
               [core, user = change.user](const absl::Status& status) {
                 if (status.ok()) ForgetTopic(*core, {});
                 Settle(*core, user, status);
               });
}

void PartWith(const CorePtr& core, const AccountChanged& change) {
  const UserId user = change.user;
  const Requester from = As(*core, user);
  if (core->is_replica()) {
    Remove leave;
    leave.from = from;
    leave.request.what = "topic";
    leave.request.hard = change.task == AccountTask::kEndHard;
    Command command = std::move(leave);
    TakeAtReplica(core, command);
    // Only the home's event ends the subscription; until then it is asked again.
    return Settle(*core, user, Settled::kLater);
  }
  if (core->record.owner == user || core->name.kind() == TopicKind::kP2p) {
    return EraseWith(core, change);
  }
  Unsubscribe(core, user, from,
              [core, user](const absl::Status& status) { Settle(*core, user, status); });
}

void SetState(const CorePtr& core, UserId user, store::State state) {
  if (core->record.state == state) return Settle(*core, user, Settled::kDone);
  store::TopicRecord changed = core->record;
  changed.state = state;
  core->Commit({store::PutTopic{std::move(changed), store::Expect::kPresent}},
               [core, user, state](const absl::Status& status) {
                 if (status.ok()) core->record.state = state;
                 Settle(*core, user, status);
               });
}

// A topic of two stays frozen while the other one is suspended.
void ThawPair(const CorePtr& core, UserId user) {
  core->Hold();
  core->env.store.FindUser(core->name.PeerOf(user), [core, user](const auto& peer) {
    if (!peer.ok()) {
      Settle(*core, user, Settled::kLater);
    } else if (peer->has_value() && (*peer)->state == store::State::kSuspended) {
      Settle(*core, user, Settled::kDone);
    } else {
      SetState(core, user, store::State::kOk);
    }
    core->Release();
  });
}

}  // namespace

void HandleAccountChanged(const CorePtr& core, const AccountChanged& change) {
  const UserId user = change.user;
  core->lanes.actor = user;
  if (core->exists && core->record.is_channel && core->FindLive(user) == nullptr &&
      IsEnd(change.task)) {
    return EndReader(core, user,
                     [core, user](const absl::Status& status) { Settle(*core, user, status); });
  }
  if (!core->exists || core->FindLive(user) == nullptr) {
    return Settle(*core, user, Settled::kDone);
  }
  if (IsEnd(change.task)) return PartWith(core, change);
  const bool is_pair = core->name.kind() == TopicKind::kP2p;
  // What the home decides, the home does.
  if (core->is_replica() || (!is_pair && core->record.owner != user)) {
    return Settle(*core, user, Settled::kDone);
  }
  if (change.task == AccountTask::kFreeze) return SetState(core, user, store::State::kSuspended);
  is_pair ? ThawPair(core, user) : SetState(core, user, store::State::kOk);
}

}  // namespace molva::topic
