#include "topic/remote/events.h"

#include <algorithm>
#include <set>

#include "names/payload_names.h"
#include "topic/remote/planted_bugs.h"

namespace molva::topic {
namespace {

using model::UserId;

// Builds the entries of one batch.
class Sealer {
 public:
  Sealer(ChatCore& core, UserId actor, CausePtr cause, Sealed& out)
      : core_(core), cause_(std::move(cause)), out_(out) {
    blank_.topic = core.env.names.GlobalNameOf(core.name);
    blank_.time = core.env.shard.Now();
    if (!actor.is_nobody()) blank_.actor = core.env.names.GlobalNameOf(actor);
    if (cause_ != nullptr) blank_.proposal = cause_->item->n;
  }

  void Add(const store::Mutation& change) {
    if (const auto* topic = std::get_if<store::PutTopic>(&change)) {
      Append(StateOf(topic->topic));
    } else if (const auto* put = std::get_if<store::PutSubscription>(&change)) {
      if (IsShared(put->subscription)) Append(StateOf(put->subscription));
    } else if (const auto* append = std::get_if<store::AppendMessage>(&change)) {
      AppendMessage(append->message);
    } else if (const auto* deletion = std::get_if<store::PutDeletion>(&change)) {
      if (deletion->deletion.user.is_nobody()) {
        Append(chain::DeletionState{deletion->deletion.ranges});
      }
    } else if (std::holds_alternative<store::EraseTopic>(change)) {
      Append(chain::EndState{});
    }
  }

  chain::TopicState StateOf(const store::TopicRecord& record) const {
    chain::TopicState state;
    state.home = core_.env.names.domain();
    state.created = record.created;
    state.updated = record.updated;
    if (!record.owner.is_nobody()) state.owner = core_.env.names.GlobalNameOf(record.owner);
    state.access_auth = record.access.auth.ToString();
    state.access_anon = record.access.anon.ToString();
    state.public_card = record.public_card;
    state.trusted = record.trusted;
    state.aux = model::JsonObject(record.aux);
    state.tags = record.tags;
    state.state = static_cast<std::uint32_t>(record.state);
    return state;
  }

  chain::MemberState StateOf(const store::SubscriptionRecord& record) const {
    chain::MemberState state;
    state.user = core_.env.names.GlobalNameOf(record.user);
    state.want = record.want.ToString();
    state.given = record.given.ToString();
    state.created = record.created;
    state.updated = record.updated;
    state.deleted = record.deleted;
    return state;
  }

  template <typename State>
  void Append(State state, model::SeqId seq = 0, std::optional<chain::Payload> payload = {}) {
    chain::Event event = blank_;
    event.n = ++core_.lanes.chain.n;
    event.prev = core_.lanes.chain.hash;
    event.state = std::move(state);
    auto item = std::make_shared<LaneItem>();
    item->n = event.n;
    item->body = chain::Encode(event);
    item->payload = std::move(payload);
    if (cause_ != nullptr) {
      item->cause = cause_->item->body;
      item->cause_proof = cause_->item->proof;
    }
    core_.lanes.chain.hash = chain::HashOf(item->body);
    store::EntryRecord entry;
    entry.topic = core_.name;
    entry.lane = store::kChainLane;
    entry.n = item->n;
    entry.body = item->body;
    entry.cause = item->cause;
    entry.cause_proof = item->cause_proof;
    entry.seq = seq;
    entries_.emplace_back(store::AppendEntry{std::move(entry), core_.lanes.chain.hash});
    out_.items.push_back(std::move(item));
  }

  void AppendMessage(const store::MessageRecord& message) {
    chain::Payload payload{message.head, message.content};
    names::Globalise(core_.env.names, payload.head, payload.content);
    chain::MessageState state;
    state.seq = message.seq;
    state.author = core_.env.names.GlobalNameOf(message.from);
    state.payload_hash = chain::HashOf(payload);
    const absl::Time now = std::exchange(blank_.time, message.created);
    Append(std::move(state), message.seq, std::move(payload));
    blank_.time = now;
  }

  store::Batch& entries() { return entries_; }

 private:
  // Private notes and soft deletions stay here; a member's rights and coming and going do not.
  bool IsShared(const store::SubscriptionRecord& fresh) const {
    if (fresh.is_reader) return false;
    const auto known = core_.subscribers.find(fresh.user);
    if (known == core_.subscribers.end()) return true;
    const store::SubscriptionRecord& before = known->second.record;
    return before.want != fresh.want || before.given != fresh.given ||
           before.deleted.has_value() != fresh.deleted.has_value();
  }

  ChatCore& core_;
  const CausePtr cause_;
  Sealed& out_;
  chain::Event blank_;
  store::Batch entries_;
};

// Shadows of the foreign users that `batch` makes members of the topic.
store::Batch ShadowsIn(const ChatCore& core, const store::Batch& batch) {
  store::Batch shadows;
  for (const store::Mutation& change : batch) {
    const auto* put = std::get_if<store::PutSubscription>(&change);
    if (put == nullptr || core.env.names.IsConfirmed(put->subscription.user)) continue;
    store::UserRecord shadow;
    shadow.id = put->subscription.user;
    shadow.created = shadow.updated = absl::UnixEpoch();  // any card is newer
    shadow.origin = core.env.names.GlobalNameOf(shadow.id);
    shadows.emplace_back(store::EnsureUser{std::move(shadow)});
  }
  return shadows;
}

std::set<std::string> PeersAfter(ChatCore& core, const store::Batch& batch) {
  std::set<std::string> peers;
  for (const std::string& domain : core.PeerDomains()) peers.insert(domain);
  for (const store::Mutation& change : batch) {
    const auto* put = std::get_if<store::PutSubscription>(&change);
    if (put == nullptr || !core.env.names.IsForeign(put->subscription.user)) continue;
    peers.insert(core.env.names.DomainOf(put->subscription.user));
  }
  return peers;
}

void AddDeliveries(const ChatCore& core, const Sealed& sealed, store::Batch& batch) {
  for (const std::string& peer : sealed.peers) {
    if (Planted(PlantedBug::kSkipOutbox) && sealed.items.back()->payload.has_value()) continue;
    store::DeliveryRecord delivery;
    delivery.peer = peer;
    delivery.topic = core.name;
    delivery.lane = store::kChainLane;
    delivery.through = core.lanes.chain.n;
    batch.emplace_back(store::RequestDelivery{std::move(delivery)});
  }
}

void Move(store::Batch from, store::Batch& to) {
  for (store::Mutation& change : from) to.push_back(std::move(change));
}

}  // namespace

Sealed SealEvents(ChatCore& core, store::Batch& batch, UserId actor, const CausePtr& cause) {
  Sealed sealed;
  if (!core.env.names.is_federated() || core.is_replica()) return sealed;
  const std::set<std::string> peers = PeersAfter(core, batch);
  if (peers.empty() && core.lanes.chain.n == 0) return sealed;
  sealed.peers.assign(peers.begin(), peers.end());
  Sealer sealer(core, actor, cause, sealed);
  for (const store::Mutation& change : batch) sealer.Add(change);
  if (sealed.empty()) return sealed;
  Move(ShadowsIn(core, batch), batch);
  Move(std::move(sealer.entries()), batch);
  AddDeliveries(core, sealed, batch);
  if (cause != nullptr) SealTaken(core, batch, *cause, {});
  return sealed;
}

void SealTaken(ChatCore& core, store::Batch& batch, const Cause& cause,
               const std::vector<Outcome>& outcomes) {
  TakenLane& lane = core.lanes.taken[cause.domain];
  if (lane.head.n >= cause.item->n) return;  // a command may commit in several batches
  const std::int64_t expected = lane.head.n;
  lane.head = {cause.item->n, chain::HashOf(cause.item->body)};
  for (const Outcome& outcome : outcomes) lane.outcomes.push_back(outcome);
  if (lane.outcomes.size() > kMaxOutcomes) {
    lane.outcomes.erase(lane.outcomes.begin(),
                        lane.outcomes.end() - static_cast<std::ptrdiff_t>(kMaxOutcomes));
  }
  store::PutLane put;
  put.lane = {core.name, cause.domain, lane.head.n, lane.head.hash, NoteOf(lane.outcomes)};
  put.expected = expected;
  batch.emplace_back(std::move(put));
}

void DeliverSealed(const ChatCore& core, const Sealed& sealed) {
  for (const std::string& peer : sealed.peers) {
    for (const LaneItemPtr& item : sealed.items) {
      if (Planted(PlantedBug::kSkipOutbox) && item->payload.has_value() &&
          !core.env.peers.IsConnected(peer)) {
        continue;
      }
      core.env.peers.Deliver(peer, core.name, LaneKind::kChain, item);
    }
  }
}

namespace {

// Marks a chain that does not hold the whole history yet.
constexpr char kPartial[] = "partial";
constexpr model::SeqId kHistoryPage = 256;

// Puts the past of one group into its chain, page by page.
class Export : public std::enable_shared_from_this<Export> {
 public:
  Export(CorePtr core, absl::AnyInvocable<void(absl::Status)> done)
      : core_(std::move(core)), done_(std::move(done)) {}

  void Start() {
    core_->lanes.chain = {};
    store::Batch batch{store::DropLane{core_->name, store::kChainLane},
                       store::PutLane{{core_->name, store::kChainLane, 0, "", kPartial}, 0}};
    Sealed sealed;
    Sealer sealer(*core_, UserId::Nobody(), nullptr, sealed);
    sealer.Append(sealer.StateOf(core_->record));
    for (const auto& [user, subscriber] : core_->subscribers) {
      if (subscriber.is_live()) sealer.Append(sealer.StateOf(subscriber.record));
    }
    Move(std::move(sealer.entries()), batch);
    Write(std::move(batch));
  }

 private:
  void Write(store::Batch batch) {
    core_->env.store.Write(std::move(batch),
                           [self = shared_from_this()](const absl::Status& status) {
                             status.ok() ? self->NextPage() : self->Finish(status);
                           });
  }

  void NextPage() {
    if (next_ > core_->record.seq) return Complete();
    store::MessageQuery query;
    query.topic = core_->name;
    query.ranges = {{next_, std::min(next_ + kHistoryPage, core_->record.seq + 1)}};
    query.limit = kHistoryPage;
    core_->env.store.ListMessages(
        std::move(query),
        [self = shared_from_this()](absl::StatusOr<std::vector<store::MessageRecord>> messages) {
          messages.ok() ? self->AddPage(*std::move(messages)) : self->Finish(messages.status());
        });
  }

  void AddPage(std::vector<store::MessageRecord> messages) {
    std::reverse(messages.begin(), messages.end());  // oldest first
    const model::SeqId end = std::min(next_ + kHistoryPage, core_->record.seq + 1);
    Sealed sealed;
    Sealer sealer(*core_, UserId::Nobody(), nullptr, sealed);
    auto message = messages.begin();
    for (; next_ < end; ++next_) {
      if (message != messages.end() && message->seq == next_) {
        sealer.AppendMessage(*message++);
      } else {
        // Deleted before: nobody knows any more who wrote it, or what.
        sealer.Append(chain::MessageState{next_, "", ""}, next_);
      }
    }
    Write(std::move(sealer.entries()));
  }

  void Complete() {
    const LaneHead& head = core_->lanes.chain;
    core_->env.store.Write(
        {store::PutLane{{core_->name, store::kChainLane, head.n, head.hash, ""}, head.n}},
        [self = shared_from_this()](const absl::Status& status) { self->Finish(status); });
  }

  void Finish(const absl::Status& status) {
    if (!status.ok()) core_->lanes.chain = {};
    core_->lanes.is_chain_partial = !status.ok();
    done_(status);
    core_->Release();
  }

  const CorePtr core_;
  absl::AnyInvocable<void(absl::Status)> done_;
  model::SeqId next_ = 1;
};

}  // namespace

void EnsureChain(const CorePtr& core, absl::AnyInvocable<void(absl::Status)> done) {
  const bool is_needed = core->exists && core->name.kind() == model::TopicKind::kGroup &&
                         !core->is_replica() &&
                         (core->lanes.chain.n == 0 || core->lanes.is_chain_partial);
  if (!is_needed) return done(absl::OkStatus());
  core->Hold();
  std::make_shared<Export>(core, std::move(done))->Start();
}

}  // namespace molva::topic
