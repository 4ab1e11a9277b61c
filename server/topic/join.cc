#include "topic/join.h"

#include "base/status_macros.h"
#include "topic/announce.h"
#include "topic/call_desk.h"
#include "topic/channel.h"
#include "topic/channel_members.h"
#include "topic/meta_get.h"
#include "topic/remote/events.h"
#include "topic/remote/propose.h"
#include "topic/remote/settle.h"
#include "topic/sys_topic.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;
using model::TopicKind;
using model::UserId;

struct JoinPlan {
  store::SubscriptionRecord record;
  bool is_changed = false;
  bool is_new = false;
  bool takes_ownership = false;
  bool is_banned = false;  // stored, then refused
  // Of a channel: what the newcomer has been so far.
  std::optional<store::SubscriptionRecord> reader;
};

// A reader of a channel becomes a member, unless he is banned.
absl::StatusOr<JoinPlan> PlanReadersEnd(const ChatCore& core, JoinPlan plan) {
  const ChannelReaders::Reader* reader = core.readers.Find(plan.record.user);
  if (reader == nullptr || !reader->subscriber.has_value()) return plan;
  if (!reader->subscriber->record.given.Has(AccessMode::kJoin)) {
    return Fail(Fault::kPermissionDenied, "banned as a reader");
  }
  if (reader->subscriber->is_live()) plan.reader = reader->subscriber->record;
  return plan;
}

absl::StatusOr<JoinPlan> PlanNewcomer(const ChatCore& core, const Join& command,
                                      AccessMode requested) {
  const auto former = core.subscribers.find(command.from.user);
  const bool was_here = former != core.subscribers.end();
  JoinPlan plan;
  if (was_here) plan.record = former->second.record;
  if (core.name.kind() == TopicKind::kSlf) {
    return Fail(Fault::kPermissionDenied, "self-notes have one subscriber");
  }
  if (core.name.kind() == TopicKind::kP2p) {
    if (!was_here) return Fail(Fault::kPermissionDenied, "not a party of this topic");
    plan.record.want =
        BoundP2p(requested.is_set() ? requested : plan.record.want, core.env.limits.most_in_p2p)
            .With(AccessMode::kJoin);
    if (!plan.record.given.Has(AccessMode::kJoin)) {
      return Fail(Fault::kPermissionDenied, "the peer does not let this user join");
    }
  } else if (core.name.kind() == TopicKind::kSys) {
    MOLVA_ASSIGN_OR_RETURN(const Modes modes,
                           ModesInSys(command.from.level, std::nullopt, requested));
    plan.record.want = modes.want;
    plan.record.given = modes.given;
  } else {
    if (core.CountLive() >= core.env.limits.max_subscribers) {
      return Fail(Fault::kPolicyViolation, "the topic is full");
    }
    const AccessMode fallback = DefaultFor(core.name.kind(), core.record.access, command.from.level,
                                           core.env.limits.most_in_p2p);
    const auto modes = ModesOfNewMember(
        fallback, was_here ? std::optional(former->second.record.given) : std::nullopt, requested);
    if (!modes.ok()) return modes.status();
    plan.record.want = modes->want;
    plan.record.given = modes->given;
  }
  plan.record.topic = core.name;
  plan.record.user = command.from.user;
  plan.record.created = plan.record.updated = command.from.received;
  plan.record.deleted.reset();
  plan.record.recv = plan.record.read = 0;
  plan.record.del_id = 0;
  ApplyPrivate(command.request, plan.record);
  plan.is_new = plan.is_changed = true;
  return PlanReadersEnd(core, std::move(plan));
}

absl::StatusOr<JoinPlan> PlanReturning(const ChatCore& core, const Join& command,
                                       const Subscriber& subscriber, AccessMode requested) {
  JoinPlan plan;
  plan.record = subscriber.record;
  Modes modes = subscriber.modes();
  if (core.name.kind() == TopicKind::kSys) {
    MOLVA_ASSIGN_OR_RETURN(modes, ModesInSys(command.from.level, modes, requested));
  } else if (requested.is_set()) {
    const auto change =
        ChangeOwnWant(core.name.kind(), modes, requested, core.env.limits.most_in_p2p);
    if (!change.ok()) return change.status();
    modes = change->modes;
    plan.takes_ownership = change->takes_ownership;
  } else {
    modes = ModesOfReturning(modes, DefaultFor(core.name.kind(), core.record.access,
                                               command.from.level, core.env.limits.most_in_p2p));
    if (core.name.kind() == TopicKind::kP2p)
      modes.want = BoundP2p(modes.want, core.env.limits.most_in_p2p);
  }
  plan.is_changed = modes != subscriber.modes();
  plan.record.want = modes.want;
  plan.record.given = modes.given;
  plan.is_changed |= ApplyPrivate(command.request, plan.record);
  if (plan.is_changed) plan.record.updated = command.from.received;
  plan.is_banned = !modes.given.Has(AccessMode::kJoin);
  return plan;
}

absl::StatusOr<JoinPlan> MakePlan(ChatCore& core, const Join& command) {
  if (command.request.set.has_value() && command.request.set->sub.has_value() &&
      !command.request.set->sub->user.empty()) {
    return Fail(Fault::kMalformed, "sub names another user");
  }
  const absl::StatusOr<AccessMode> requested = RequestedMode(command.request);
  if (!requested.ok()) return requested.status();
  const Subscriber* subscriber = core.FindLive(command.from.user);
  return subscriber == nullptr ? PlanNewcomer(core, command, *requested)
                               : PlanReturning(core, command, *subscriber, *requested);
}

// The old owner loses O, the topic gets its new one. In one batch with the new owner's rights.
void AddTransfer(ChatCore& core, const JoinPlan& plan, store::Batch& batch) {
  if (!plan.takes_ownership) return;
  store::TopicRecord topic = core.record;
  if (Subscriber* old = core.FindAny(topic.owner); old != nullptr) {
    store::SubscriptionRecord demoted = old->record;
    demoted.want = demoted.want.Without(AccessMode::kOwner);
    demoted.given = demoted.given.Without(AccessMode::kOwner);
    demoted.updated = plan.record.updated;
    batch.emplace_back(store::PutSubscription{demoted});
  }
  topic.owner = plan.record.user;
  batch.emplace_back(store::PutTopic{topic, store::Expect::kPresent});
}

void ApplyTransfer(ChatCore& core, const Requester& by, const JoinPlan& plan) {
  if (!plan.takes_ownership) return;
  Subscriber* old = core.FindAny(core.record.owner);
  core.record.owner = plan.record.user;
  if (old == nullptr) return;
  const Modes before = old->modes();
  old->record.want = before.want.Without(AccessMode::kOwner);
  old->record.given = before.given.Without(AccessMode::kOwner);
  AnnounceAccess(core, {old->record.user, before, old->modes(), by.user, by.session});
}

void Proceed(const CorePtr& core, const Join& command, const JoinPlan& plan) {
  Arrival arrival;
  if (const Subscriber* former = core->FindLive(command.from.user)) {
    arrival.before = former->modes();
  }
  core->Replace(plan.record);
  core->Changed();
  ApplyTransfer(*core, command.from, plan);
  if (plan.reader.has_value()) {
    OnReaderBecameMember(*core, *plan.reader, command.from.received, command.from.session);
  }
  if (plan.is_banned) {
    RefuseJoin(*core, command, Fail(Fault::kPermissionDenied, "banned from the topic"));
    return;
  }
  FinishJoin(core, command, arrival);
}

// Tells others of a session, which is counted already.
void TellOfSession(ChatCore& core, UserId user, model::SessionHandle session) {
  if (core.sessions.CountSeen() == 1 && !core.is_online) {
    AnnounceGroupOnline(core);
  } else if (core.sessions.CountSeen(user) == 1) {
    AnnounceJoined(core, user, session);
  }
}

void Attach(ChatCore& core, const Join& command) {
  core.sessions.Add(command.from.session, command.from.user);
  core.Changed();
  if (command.from.is_background) return core.sessions.Hide(command.from.session);
  TellOfSession(core, command.from.user, command.from.session);
}

}  // namespace

void HandleForeground(ChatCore& core, model::SessionHandle session) {
  if (!core.sessions.Show(session)) return;
  TellOfSession(core, *core.sessions.UserOf(session), session);
}

absl::StatusOr<AccessMode> RequestedMode(const model::Sub& request) {
  if (!request.set.has_value() || !request.set->sub.has_value()) return AccessMode::Unset();
  const absl::StatusOr<AccessMode> mode = AccessMode::Parse(request.set->sub->mode);
  if (!mode.ok()) return Fail(Fault::kMalformed, "not an access mode");
  return *mode;
}

bool ApplyPrivate(const model::Sub& request, store::SubscriptionRecord& record) {
  if (!request.set.has_value() || !request.set->desc.has_value()) return false;
  const model::RawJson& note = request.set->desc->private_note;
  if (note.empty()) return false;
  const std::optional<std::string> text = model::ParseJsonText(note);
  const bool clears = text.has_value() && *text == model::kClearMark;
  record.private_note = clears ? model::RawJson{} : note;
  return true;
}

void RefuseJoin(ChatCore& core, const Join& command, const absl::Status& status) {
  core.Refuse(command.from, status);
  core.env.outbound.Settle(command.from.session, core.name, Outbound::Attached::kNo);
}

void Evict(ChatCore& core, model::UserId user, Unsubscribed unsubscribed,
           model::SessionHandle spared) {
  const std::string topic_text = core.ClientName(user);
  const model::RawJson unsub{unsubscribed == Unsubscribed::kYes ? "true" : "false"};
  for (const model::SessionHandle session : core.sessions.SessionsOf(user)) {
    core.sessions.Remove(session);
    core.env.outbound.Detached(session, core.name);
    LoseCallSession(core.shared_from_this(), session);
    if (session == spared) continue;
    core.env.outbound.Reply(
        session, model::Share(model::MakeCtrl(Fault::kEvicted, "", topic_text, core.env.shard.Now(),
                                              {{"unsub", unsub}})));
  }
  core.Changed();
}

void FinishJoin(const CorePtr& core, const Join& command, const Arrival& arrival) {
  const Subscriber& subscriber = core->subscribers.at(command.from.user);
  const Modes modes = subscriber.modes();
  const bool attaches = modes.want.Has(AccessMode::kJoin);
  model::JsonFields params;
  if (modes != arrival.before) params.emplace_back("acs", AccessJsonOf(modes));
  Requester reply_to = command.from;
  if (command.create != Join::Create::kNo) {
    params.emplace_back("tmpname", model::JsonText(command.from.topic_text));
    reply_to.topic_text = core->name.ToString();
  }
  if (arrival.is_created) reply_to.received = core->record.created;
  core->Reply(reply_to, Fault::kOk, std::move(params));
  if (attaches && !command.from.is_remote()) {
    Attach(*core, command);
    TellUntold(core, command.from);
  }
  core->env.outbound.Settle(command.from.session, core->name,
                            attaches ? Outbound::Attached::kYes : Outbound::Attached::kNo);
  AnnounceAccess(
      *core, {command.from.user, arrival.before, modes, command.from.user, command.from.session});
  if (!attaches) Evict(*core, command.from.user, Unsubscribed::kNo, command.from.session);
  if (attaches && command.request.get.has_value()) {
    reply_to.received = command.from.received;
    AnswerParts(core, reply_to, *command.request.get, PlanOrder::kSub);
  }
}

namespace {

void JoinNow(const CorePtr& core, const Join& command) {
  absl::StatusOr<JoinPlan> plan = MakePlan(*core, command);
  if (!plan.ok()) return RefuseJoin(*core, command, plan.status());
  if (!plan->is_changed) return Proceed(core, command, *plan);
  const Subscriber* known = core->FindLive(command.from.user);
  const Modes wanted{plan->record.want, plan->record.given};
  if (core->is_replica() && known != nullptr && known->modes() != wanted) {
    return ProposeJoin(core, command);
  }
  store::Batch batch;
  batch.emplace_back(store::PutSubscription{plan->record});
  AddTransfer(*core, *plan, batch);
  if (plan->reader.has_value()) AddReadersEnd(*plan->reader, command.from.received, batch);
  core->Commit(std::move(batch),
               [core, command, plan = *std::move(plan)](const absl::Status& status) {
                 if (!status.ok()) return RefuseJoin(*core, command, status);
                 Proceed(core, command, plan);
               });
}

}  // namespace

void HandleJoin(const CorePtr& core, const Join& command) {
  if (core->sessions.Has(command.from.session) || core->readers.Has(command.from.session)) {
    core->Reply(command.from, Fault::kAlreadySubscribed);
    core->env.outbound.Settle(command.from.session, core->name, Outbound::Attached::kYes);
    return;
  }
  if (command.from.is_remote() && core->record.is_channel) {
    return RefuseJoin(*core, command, Fail(Fault::kForeignChannel, "a member elsewhere"));
  }
  if (core->record.is_channel && core->FindLive(command.from.user) == nullptr) {
    if (WaitsForReader(core, command.from.user, command)) return;
    JoinNow(core, command);
    return core->readers.Tidy(command.from.user);
  }
  if (!command.from.is_remote()) return JoinNow(core, command);
  EnsureChain(core, [core, command](const absl::Status& status) {
    if (!status.ok()) return RefuseJoin(*core, command, status);
    JoinNow(core, command);
  });
}

}  // namespace molva::topic
