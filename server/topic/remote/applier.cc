#include "topic/remote/applier.h"

#include "base/log.h"
#include "names/payload_names.h"
#include "topic/announce.h"
#include "topic/deletion.h"
#include "topic/join.h"
#include "topic/publish.h"
#include "topic/remote/answers.h"
#include "topic/remote/event_rules.h"
#include "topic/remote/judged_events.h"
#include "topic/remote/planted_bugs.h"
#include "topic/remote/settle.h"

namespace molva::topic {

using model::AccessMode;
using model::TopicKind;
using model::UserId;

bool Applier::Stop(const LaneItem& item, Refusal why) {
  refusal_ = why;
  refused_n_ = item.n;
  return false;
}

// Who caused the event, as far as sessions here care: his own session is not told twice.
Requester Applier::ActorOf(const LaneItem& item) const {
  Requester actor;
  if (const Requester* own = WaitingFor(*core_, item)) {
    actor = *own;
  } else if (!item.event->actor.empty()) {
    const absl::StatusOr<UserId> user = core_->env.names.UserOfGlobal(item.event->actor);
    if (user.ok()) actor.user = *user;
  }
  actor.received = item.event->time;
  return actor;
}

void Applier::Append(const LaneItemPtr& item, model::SeqId seq) {
  store::EntryRecord entry;
  entry.topic = core_->name;
  entry.lane = store::kChainLane;
  entry.n = item->n;
  entry.body = item->body;
  entry.proof = item->proof;
  entry.cause = item->cause;
  entry.cause_proof = item->cause_proof;
  entry.seq = seq;
  core_->lanes.chain = {item->n, chain::HashOf(item->body)};
  SettleOwn(*item);
  RememberCause(*item);
  effects_.batch.emplace_back(store::AppendEntry{std::move(entry), core_->lanes.chain.hash});
}

void Applier::Shadow(UserId user) {
  if (core_->env.names.IsConfirmed(user)) return;
  store::UserRecord shadow;
  shadow.id = user;
  shadow.created = shadow.updated = absl::UnixEpoch();  // any card is newer
  shadow.origin = core_->env.names.GlobalNameOf(user);
  shadows_.push_back(shadow.origin);
  effects_.batch.emplace_back(store::EnsureUser{std::move(shadow)});
  // The card is his server's to give; until it comes he has only a name.
  effects_.then.emplace_back([core = core_, user] {
    core->env.peers.LookUp(user, [](const absl::StatusOr<store::UserRecord>& found) {
      if (!found.ok()) {
        base::LogInfo("no card of a foreign user yet",
                      {{"error", std::string(found.status().message())}});
      }
    });
  });
}

void Applier::SettleOwn(const LaneItem& item) {
  if (!item.proposal.has_value() || item.proposal->origin != core_->env.names.domain()) return;
  SettleByEvent(core_->lanes, item);
  has_settled_ = true;
}

// So that the home cannot show a proposal of a third server twice.
void Applier::RememberCause(const LaneItem& item) {
  if (!item.proposal.has_value() || item.proposal->origin == core_->env.names.domain()) return;
  LaneHead& head = core_->lanes.taken[item.proposal->origin].head;
  if (head.n >= item.proposal->number) return;
  shown_.emplace(item.proposal->origin, head.n);
  head = {item.proposal->number, chain::HashOf(item.cause)};
}

void Applier::StoreCauses() {
  for (const auto& [domain, before] : shown_) {
    const TakenLane& lane = core_->lanes.taken.at(domain);
    effects_.batch.emplace_back(store::PutLane{
        {core_->name, domain, lane.head.n, lane.head.hash, NoteOf(lane.outcomes)}, before});
  }
}

std::size_t Applier::Take(const std::vector<LaneItemPtr>& items, std::size_t from) {
  next_seq_ = core_->record.seq + 1;
  std::size_t taken = 0;
  for (std::size_t i = from; i < items.size(); ++i) {
    const LaneItemPtr& item = items[i];
    if (const auto why = CheckEnvelope(*core_, home_, *item)) {
      Stop(*item, *why);
      break;
    }
    if (std::holds_alternative<chain::MessageState>(item->event->state)) {
      if (!TakeMessage(item)) break;
      ++taken;
      continue;
    }
    // Whatever is no message is a batch of its own: what follows is judged by its outcome.
    if (taken == 0 && TakeOther(item)) ++taken;
    break;
  }
  return taken;
}

bool Applier::TakeMessage(const LaneItemPtr& item) {
  const auto& state = std::get<chain::MessageState>(item->event->state);
  if (const auto why = CheckMessage(*core_, *item, next_seq_)) return Stop(*item, *why);
  auto message = std::make_shared<store::MessageRecord>();
  message->topic = core_->name;
  message->seq = next_seq_;
  message->created = item->event->time;
  if (!state.author.empty()) message->from = *core_->env.names.UserOfGlobal(state.author);
  const moderation::Verdict* const verdict = VerdictOn(*core_, *item);
  const bool is_gone = !item->payload.has_value() || Withholds(verdict);
  if (!is_gone) {
    message->head = item->payload->head;
    message->content = item->payload->content;
    if (!names::Localise(core_->env.names, message->head, message->content).ok()) {
      return Stop(*item, Refusal::kBadPayload);
    }
    if (verdict != nullptr && verdict->has_head) message->head = verdict->head;
    if (verdict != nullptr && !verdict->content.empty()) message->content = verdict->content;
  }
  ++next_seq_;
  if (!message->from.is_nobody()) Shadow(message->from);
  effects_.batch.emplace_back(store::AppendMessage{*message});
  Append(item, message->seq);
  if (is_gone) gone_.push_back({message->seq, message->seq + 1});
  effects_.then.emplace_back([core = core_, item, message, is_gone] {
    core->record.seq = core->reserved_seq = message->seq;
    core->record.touched = message->created;
    if (Subscriber* author = core->FindLive(message->from);
        author != nullptr && author->mode().Has(AccessMode::kRead)) {
      author->record.read = std::max(author->record.read, message->seq);
      author->record.recv = std::max(author->record.recv, message->seq);
    }
    const Except except = AnswerPublish(*core, *item, message->seq);
    if (!is_gone) TellOfMessage(*core, *message, except);
  });
  return true;
}

bool Applier::TakeOther(const LaneItemPtr& item) {
  const auto& state = item->event->state;
  if (const auto* topic = std::get_if<chain::TopicState>(&state)) {
    if (const auto why = CheckTopic(*core_, home_, *topic)) return Stop(*item, *why);
    TakeTopic(item, *topic);
    return true;
  }
  if (std::holds_alternative<chain::MemberState>(state)) return TakeMember(item);
  if (const auto* deletion = std::get_if<chain::DeletionState>(&state)) {
    if (const auto why = CheckDeletion(*core_, *deletion)) return Stop(*item, *why);
    TakeDeletion(item, *deletion);
  } else {
    TakeEnd(item);
  }
  return true;
}

void Applier::TakeTopic(const LaneItemPtr& item, const chain::TopicState& state) {
  const names::NameBook& names = core_->env.names;
  store::TopicRecord record = core_->record;
  record.name = core_->name;
  record.home = home_;
  if (core_->name.kind() == TopicKind::kGroup) record.origin = names.TextOfGroup(core_->name);
  record.created = state.created;
  record.updated = state.updated;
  if (!core_->exists) record.touched = state.updated;
  record.owner = {};
  if (const auto owner = names.UserOfGlobal(state.owner); owner.ok()) record.owner = *owner;
  record.access.auth = AccessMode::Parse(state.access_auth).value_or(AccessMode::Unset());
  record.access.anon = AccessMode::Parse(state.access_anon).value_or(AccessMode::Unset());
  record.public_card = state.public_card;
  record.trusted = state.trusted;
  record.aux = model::ParseJsonFields(state.aux);
  record.tags = {};  // a replica is found at its home
  record.state = static_cast<store::State>(state.state);
  effects_.batch.emplace_back(store::PutTopic{record});
  Append(item, 0);
  effects_.then.emplace_back([core = core_, record, item, actor = ActorOf(*item)] {
    const bool is_new = !core->exists;
    const model::SeqId seq = is_new ? 0 : core->record.seq;
    const bool shared =
        core->record.public_card != record.public_card || core->record.trusted != record.trusted;
    const bool aux = core->record.aux != record.aux;
    const std::int32_t del_id = core->record.del_id;
    core->record = record;
    core->record.seq = core->reserved_seq = seq;
    core->record.del_id = del_id;
    core->exists = true;
    if (!is_new && shared) AnnounceDesc(*core, actor, DescChange::kShared);
    if (!is_new && aux) AnnounceAux(*core, actor);
    AnswerWaiting(core, *item);
  });
}

bool Applier::TakeMember(const LaneItemPtr& item) {
  MemberChange change;
  if (const auto why = CheckMember(*core_, home_, *item, change)) return Stop(*item, *why);
  if (Withholds(VerdictOn(*core_, *item))) return Stop(*item, Refusal::kPolicy);
  const UserId user = change.record.user;
  if (!core_->env.names.IsForeign(user) && !core_->subscribers.contains(user)) {
    const auto known = core_->lanes.own_users.find(user);
    if (known == core_->lanes.own_users.end()) {
      unknown_user_ = user;
      return false;
    }
    const bool exists = known->second;
    core_->lanes.own_users.erase(known);
    if (!exists) return Stop(*item, Refusal::kUnknownUser);
  }
  Shadow(user);
  effects_.batch.emplace_back(store::PutSubscription{change.record});
  if (change.record.deleted.has_value()) {
    effects_.batch.emplace_back(store::EraseUserDeletions{core_->name, user});
  }
  Append(item, 0);
  effects_.then.emplace_back([core = core_, record = change.record, item, actor = ActorOf(*item)] {
    const Subscriber* known = core->FindLive(record.user);
    const Modes before = known == nullptr ? Modes{} : known->modes();
    if (record.deleted.has_value()) {
      if (known != nullptr) {
        AnnounceAccess(*core, {record.user, before, {}, actor.user, actor.session});
        AnnounceUnsubscribed(*core, record.user, actor.session);
      }
      core->subscribers[record.user].record = record;
      Evict(*core, record.user, Unsubscribed::kYes, actor.session);
      return AnswerWaiting(core, *item);
    }
    core->Replace(record);
    core->Changed();
    if (AnswerJoin(core, *item, before)) return;
    AnswerWaiting(core, *item);
    AnnounceAccess(*core,
                   {record.user, before, {record.want, record.given}, actor.user, actor.session});
    if (!(record.want & record.given).Has(AccessMode::kJoin)) {
      Evict(*core, record.user, Unsubscribed::kNo, {});
    }
  });
  return true;
}

void Applier::TakeDeletion(const LaneItemPtr& item, const chain::DeletionState& state) {
  store::DeletionRecord deletion;
  deletion.topic = core_->name;
  // Deletions are numbered by each server for itself: its users' own ones count too.
  deletion.del_id = NextDeletionId(*core_);
  deletion.ranges = model::NormaliseRanges(state.ranges);
  effects_.batch.emplace_back(store::PutDeletion{deletion});
  Append(item, 0);
  effects_.then.emplace_back([core = core_, deletion, item, actor = ActorOf(*item)] {
    core->record.del_id = deletion.del_id;
    AnswerWaiting(core, *item);
    TellDeleted(*core, actor, deletion);
  });
}

void Applier::TakeEnd(const LaneItemPtr& item) {
  effects_.batch.emplace_back(store::EraseTopic{core_->name, true});
  Append(item, 0);
  if (core_->name.kind() == TopicKind::kP2p) {
    // If it begins anew here, the former home has all so far.
    store::DeliveryRecord had;
    had.peer = home_;
    had.topic = core_->name;
    had.lane = store::kChainLane;
    had.through = had.acked = item->n;
    effects_.batch.emplace_back(store::RequestDelivery{had});
    effects_.batch.emplace_back(store::ConfirmDelivery{had});
  }
  effects_.then.emplace_back([core = core_, item, actor = ActorOf(*item)] {
    AnswerWaiting(core, *item);
    ForgetTopic(*core, actor.session);
  });
}

// The deletion itself may come as an event of its own, or have been before there was a chain.
void Applier::Wipe() {
  if (gone_.empty()) return;
  store::DeletionRecord deletion;
  deletion.topic = core_->name;
  deletion.del_id = NextDeletionId(*core_);
  deletion.ranges = model::NormaliseRanges(std::move(gone_));
  effects_.then.emplace_back([core = core_, id = deletion.del_id] { core->record.del_id = id; });
  effects_.batch.emplace_back(store::PutDeletion{std::move(deletion)});
}

void Applier::Commit() {
  Wipe();
  StoreCauses();
  if (has_settled_) StoreSettled(*core_, home_, effects_.batch);
  if (Planted(PlantedBug::kAckBeforeCommit)) {
    core_->env.peers.Acknowledge(home_, core_->name, LaneKind::kChain, core_->lanes.chain.n, {});
  }
  core_->Hold();
  core_->env.store.Write(
      std::move(effects_.batch),
      [self = shared_from_this()](const absl::Status& status) { self->OnStored(status); });
}

void Applier::OnStored(const absl::Status& status) {
  if (!status.ok()) {
    base::LogError("events of another server not stored",
                   {{"topic", core_->name.ToString()}, {"error", std::string(status.message())}});
    core_->Recover();
    return core_->Release();
  }
  for (const std::string& name : shadows_) core_->env.names.Confirm(name);
  for (auto& then : effects_.then) then();
  core_->env.peers.Acknowledge(home_, core_->name, LaneKind::kChain, core_->lanes.chain.n, {});
  core_->Release();
}

}  // namespace molva::topic
