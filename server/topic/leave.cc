#include "topic/leave.h"

#include "topic/announce.h"
#include "topic/call_desk.h"
#include "topic/join.h"

namespace molva::topic {
namespace {

using model::Fault;
using model::TopicKind;
using model::UserId;

void DetachOne(ChatCore& core, model::SessionHandle session) {
  const bool was_seen = !core.sessions.IsHidden(session);
  const std::optional<UserId> user = core.sessions.Remove(session);
  if (!user.has_value()) return;
  core.Changed();
  if (was_seen && core.sessions.CountSeen(*user) == 0) AnnounceLeft(core, *user);
  LoseCallSession(core.shared_from_this(), session);
}

void Settle(const ChatCore& core, const Requester& from) {
  core.env.outbound.Settle(from.session, core.name, Outbound::Attached::kNo);
}

void HandleUnsubscribe(const CorePtr& core, const Requester& from) {
  if (core->record.owner == from.user) {
    core->Reply(from, Fault::kPermissionDenied);
    // The session stays in the topic.
    core->env.outbound.Settle(from.session, core->name, Outbound::Attached::kYes);
    return;
  }
  if (core->FindLive(from.user) == nullptr) {
    core->Reply(from, Fault::kNoAction);
    DetachOne(*core, from.session);
    return Settle(*core, from);
  }
  Unsubscribe(core, from.user, from, [core, from](const absl::Status& status) {
    if (status.ok()) {
      core->Reply(from, Fault::kOk);
      Settle(*core, from);
    } else {
      core->Refuse(from, status);
      core->env.outbound.Settle(from.session, core->name, Outbound::Attached::kYes);
    }
  });
}

store::Batch UnsubscribeBatch(const ChatCore& core, const store::SubscriptionRecord& ended) {
  if (core.name.kind() == TopicKind::kP2p && core.CountLive() <= 1) {
    return {store::EraseTopic{core.name, true}};
  }
  return {store::PutSubscription{ended}, store::EraseUserDeletions{core.name, ended.user}};
}

}  // namespace

void HandleDepart(const CorePtr& core, const Depart& command) {
  if (core->readers.Has(command.from.session)) {
    // He is in the channel under its other name, and stays there.
    core->Reply(command.from, Fault::kNotFound);
    return core->env.outbound.Settle(command.from.session, core->name, Outbound::Attached::kYes);
  }
  if (!core->IsAttached(command.from)) {
    core->Reply(command.from, command.unsubscribe ? Fault::kMustAttachFirst : Fault::kNotJoined);
    return Settle(*core, command.from);
  }
  if (command.unsubscribe) return HandleUnsubscribe(core, command.from);
  core->Reply(command.from, Fault::kOk);
  DetachOne(*core, command.from.session);
  Settle(*core, command.from);
}

void HandleSessionGone(const CorePtr& core, model::SessionHandle session) {
  if (const std::optional<UserId> reader = core->readers.Detach(session)) {
    return core->readers.Tidy(*reader);
  }
  DetachOne(*core, session);
  LoseCallSession(core, session);  // who took a call from outside the topic
  // What it has asked of the home has nobody to be answered any more.
  std::erase_if(core->lanes.waiting, [session](const auto& entry) {
    return RequesterOf(entry.second.command)->session == session;
  });
}

void Unsubscribe(const CorePtr& core, UserId user, const Requester& by,
                 absl::AnyInvocable<void(absl::Status)> done) {
  Subscriber* subscriber = core->FindLive(user);
  if (subscriber == nullptr) return done(model::Fail(Fault::kNoAction, "not subscribed"));
  store::SubscriptionRecord ended = subscriber->record;
  ended.deleted = ended.updated = core->env.shard.Now();
  ended.read = ended.recv = 0;
  ended.del_id = 0;
  core->Commit(UnsubscribeBatch(*core, ended),
               [core, user, by, ended, done = std::move(done)](const absl::Status& status) mutable {
                 if (!status.ok()) return done(status);
                 Subscriber& left = core->subscribers.at(user);
                 const Modes before = left.modes();
                 // Told while the user still counts, so that the in-topic copy finds the right
                 // sharers.
                 AnnounceAccess(*core, {user, before, {}, by.user, by.session});
                 AnnounceUnsubscribed(*core, user, by.session);
                 left.record = ended;
                 Evict(*core, user, Unsubscribed::kYes, by.session);
                 if (core->name.kind() == TopicKind::kP2p && core->CountLive() == 0) {
                   core->exists = false;
                   core->subscribers.clear();
                   core->record = {};
                   core->reserved_seq = 0;
                 }
                 done(absl::OkStatus());
               });
}

}  // namespace molva::topic
