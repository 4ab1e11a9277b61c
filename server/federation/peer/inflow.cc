#include "federation/peer/inflow.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace molva::federation {

using topic::LaneItemPtr;

Inflow::Inflow(const PeerEnv& env, const std::string& domain, Link& link, Outflow& outflow,
               PeerStats& stats)
    : env_(env),
      domain_(domain),
      link_(link),
      outflow_(outflow),
      stats_(stats),
      intake_(env.options.credit_bytes),
      status_rate_(1000, 50'000),
      note_rate_(500, 5'000),
      newcomer_rate_(10, 10'000) {}

void Inflow::Begin() {
  ++epoch_;
  intake_.Restart();
  held_.clear();
  awaited_.clear();
  doubts_.clear();
  is_in_snapshot_ = false;
  is_paused_ = false;
}

void Inflow::TakeBatch(ReceivedBatch batch, std::size_t bytes) {
  if (!intake_.Admit(bytes)) return link_.End("over_credit", Link::Blame::kPeer);
  ++stats_.in.batches;
  stats_.in.items += batch.items.size();
  const absl::StatusOr<KeyId> id = KeyId::FromBytes(batch.key_id);
  if (!id.ok()) return link_.End("malformed", Link::Blame::kPeer);
  const PublicKey* key = link_.identity().FindKey(*id);
  if (key == nullptr || !link_.identity().Trusts(*key, env_.shard.Now())) {
    return AskForKey(std::move(batch), bytes);
  }
  TakeSigned(*key, std::move(batch), bytes);
}

// The peer may have changed its key since the link came up.
void Inflow::AskForKey(ReceivedBatch batch, std::size_t bytes) {
  is_paused_ = true;
  link_.PauseReading();
  env_.directory.Refresh(
      domain_, [self = std::weak_ptr(self_), epoch = epoch_, batch = std::move(batch),
                bytes](absl::StatusOr<PeerIdentity> found) mutable {
        const auto inflow = self.lock();
        if (inflow == nullptr || (*inflow)->epoch_ != epoch || !(*inflow)->link_.is_up()) return;
        Inflow& me = **inflow;
        const absl::StatusOr<KeyId> id = KeyId::FromBytes(batch.key_id);
        const PublicKey* key = found.ok() && id.ok() ? found->FindKey(*id) : nullptr;
        if (key == nullptr || !found->Trusts(*key, me.env_.shard.Now())) {
          return me.link_.End("unknown_key", Link::Blame::kPeer);
        }
        const PublicKey known = *key;
        me.link_.set_identity(*std::move(found));
        me.is_paused_ = false;
        me.TakeSigned(known, std::move(batch), bytes);
        if (!me.link_.is_up()) return;
        me.link_.ResumeReading();
        me.on_resume_();
      });
}

void Inflow::TakeSigned(const PublicKey& key, ReceivedBatch batch, std::size_t bytes) {
  absl::StatusOr<std::vector<std::string>> proofs = VerifyBatch(key, domain_, batch);
  if (!proofs.ok()) return link_.End("bad_signature", Link::Blame::kPeer);
  const auto may_enter = [this] { return newcomer_rate_.Take(env_.shard.Now()); };
  const std::uint64_t share = bytes / batch.items.size();
  std::uint64_t rest = bytes % batch.items.size();
  Groups groups;
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    Claim claim = CheckClaims(env_.names, domain_, std::move(batch.items[i]),
                              std::move((*proofs)[i]), may_enter);
    if (!TakeItem(std::move(claim), share + std::exchange(rest, 0), groups)) return;
  }
  HandOn(std::move(groups));
  GiveCredit();
}

bool Inflow::TakeItem(Claim claim, std::uint64_t bytes, Groups& groups) {
  if (std::holds_alternative<GarbledItem>(claim)) {
    link_.End("malformed", Link::Blame::kPeer);
    return false;
  }
  if (std::holds_alternative<CrowdedItem>(claim)) {
    ++stats_.throttled;
    intake_.Return(bytes);
    return true;
  }
  const absl::Time now = env_.shard.Now();
  if (const auto* refused = std::get_if<RefusedItem>(&claim)) {
    if (intake_.Open(refused->key, refused->n, bytes, now)) {
      Refuse(refused->key, refused->n, refused->why);
    }
    return true;
  }
  auto& claimed = std::get<ClaimedItem>(claim);
  if (intake_.Open(claimed.key, claimed.item->n, bytes, now)) {
    TakeClaimed(std::move(claimed), nullptr, groups);
  }
  return true;
}

void Inflow::TakeClaimed(ClaimedItem claimed, const PeerIdentity* fresh, Groups& groups) {
  if (held_.contains(claimed.key)) return Hold(std::move(claimed), Ask::kFind);
  const topic::LaneItem& item = *claimed.item;
  if (!claimed.cause_domain.empty()) {
    const bool is_fresh = fresh != nullptr && fresh->domain == claimed.cause_domain;
    const PeerIdentity* signer = is_fresh ? fresh : env_.directory.Cached(claimed.cause_domain);
    if (signer == nullptr) return Hold(std::move(claimed), Ask::kFind);
    switch (causes_.Verify(*signer, item.cause, item.cause_proof, item.proposal->time)) {
      case CauseVerifier::Verdict::kGood:
        break;
      case CauseVerifier::Verdict::kForged:
        return Refuse(claimed.key, item.n, topic::Refusal::kForeignAuthor);
      case CauseVerifier::Verdict::kUnknownKey:
        if (!is_fresh) return Hold(std::move(claimed), Ask::kRefresh);
        // What was found may be a minute old; the second time there is no excuse.
        if (std::exchange(doubts_[claimed.key], item.n) != item.n) {
          return Postpone(claimed.key, item.n);
        }
        doubts_.erase(claimed.key);
        return Refuse(claimed.key, item.n, topic::Refusal::kForeignAuthor);
    }
  }
  const auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const auto& known) { return known.first == claimed.key; });
  if (group != groups.end()) {
    group->second.push_back(std::move(claimed.item));
  } else {
    groups.emplace_back(claimed.key, std::vector<LaneItemPtr>{std::move(claimed.item)});
  }
}

void Inflow::HandOn(Groups groups) {
  for (auto& [key, items] : groups) {
    env_.topics.Send(key.topic, topic::PeerEntries{domain_, key.kind, std::move(items)});
  }
}

void Inflow::Hold(ClaimedItem claimed, Ask how) {
  const LaneKey key = claimed.key;
  const std::string domain = claimed.cause_domain;
  std::vector<ClaimedItem>& items = held_[key];
  items.push_back(std::move(claimed));
  if (items.size() > 1) return;
  std::set<LaneKey>& lanes = awaited_[domain];
  lanes.insert(key);
  if (lanes.size() > 1) return;
  auto found = [self = std::weak_ptr(self_), epoch = epoch_,
                domain](const absl::StatusOr<PeerIdentity>& signer) {
    const auto inflow = self.lock();
    if (inflow != nullptr && (*inflow)->epoch_ == epoch) (*inflow)->OnSigner(domain, signer);
  };
  if (how == Ask::kRefresh) {
    env_.directory.Refresh(domain, std::move(found));
  } else {
    env_.directory.Find(domain, std::move(found));
  }
}

void Inflow::OnSigner(const std::string& domain, const absl::StatusOr<PeerIdentity>& signer) {
  const auto lanes = awaited_.extract(domain);
  if (lanes.empty()) return;
  Groups groups;
  for (const LaneKey& key : lanes.mapped()) {
    auto items = held_.extract(key);
    if (items.empty()) continue;
    if (!signer.ok()) {
      base::LogWarning("the server behind a peer's entry cannot be found",
                       {{"peer", domain_}, {"server", domain}});
      Postpone(key, items.mapped().front().item->n);
      continue;
    }
    for (ClaimedItem& item : items.mapped()) {
      if (intake_.IsPast(key, item.item->n)) break;  // one before it was refused
      TakeClaimed(std::move(item), &*signer, groups);
    }
  }
  HandOn(std::move(groups));
  GiveCredit();
}

// Neither refused nor taken: Tick asks for it again.
void Inflow::Postpone(LaneKey key, std::int64_t n) { intake_.WaitFor(key, n, env_.shard.Now()); }

void Inflow::Settle(LaneKey key, std::int64_t through) {
  intake_.Settle(key, through);
  GiveCredit();
}

void Inflow::Refuse(LaneKey key, std::int64_t n, topic::Refusal why) {
  const std::string word(topic::WordOf(why));
  ++stats_.refused[word];
  base::LogWarning("an entry of a peer is refused", {{"peer", domain_},
                                                     {"topic", key.topic.ToString()},
                                                     {"n", std::to_string(n)},
                                                     {"reason", word}});
  // Not asked for again: the peer must come up with something better.
  intake_.WaitFor(key, n, absl::InfiniteFuture());
  outflow_.Refuse(key, n, why);
  GiveCredit();
}

void Inflow::AskAgain(LaneKey key, std::int64_t after) {
  intake_.WaitFor(key, after + 1, env_.shard.Now());
  outflow_.AskAgain(key, after);
  GiveCredit();
}

void Inflow::Tick() {
  if (!link_.is_up()) return;
  for (const auto& [key, got] : intake_.TakeStale(env_.shard.Now() - env_.options.topic_timeout)) {
    outflow_.AskAgain(key, got);
  }
  GiveCredit();
}

void Inflow::GiveCredit() {
  if (!link_.is_up()) return;
  if (const std::uint64_t bytes = intake_.TakeCredit(); bytes > 0) {
    link_.Send(EncodeFrame(Credit{bytes}));
  }
}

void Inflow::TakeNotes(const Notes& notes) {
  for (const NoteFrame& note : notes.notes) {
    ++stats_.in.notes;
    if (!note_rate_.Take(env_.shard.Now())) {
      ++stats_.throttled;
      continue;
    }
    const bool is_kind = note.what == "kp" || note.what == "kpa" || note.what == "kpv" ||
                         note.what == "read" || note.what == "recv";
    const bool is_theirs = DomainOfUser(note.user) == domain_ && env_.names.Knows(note.user);
    if (!is_kind || !is_theirs || note.seq < 0 || !env_.names.Knows(note.topic)) continue;
    const absl::StatusOr<model::UserId> user = env_.names.UserOfGlobal(note.user);
    const absl::StatusOr<model::TopicName> topic = env_.names.TopicOfGlobal(note.topic);
    if (!user.ok() || !topic.ok()) continue;
    env_.topics.Send(*topic, topic::PeerNote{domain_, *user, note.what, note.seq});
  }
}

void Inflow::TakePresence(const Presence& presence) {
  if (presence.snapshot_begins) {
    is_in_snapshot_ = true;
    in_snapshot_.clear();
  }
  for (const UserStatus& status : presence.entries) {
    ++stats_.in.statuses;
    if (status_rate_.Take(env_.shard.Now())) {
      TakeStatus(status);
    } else {
      ++stats_.throttled;
    }
  }
  if (presence.snapshot_ends && is_in_snapshot_) EndSnapshot();
}

void Inflow::TakeStatus(const UserStatus& status) {
  if (DomainOfUser(status.user) != domain_ || !env_.names.Knows(status.user)) return;
  const absl::StatusOr<model::UserId> user = env_.names.UserOfGlobal(status.user);
  if (!user.ok()) return;
  topic::PeerStatus news{presence::What::kOff, status.user_agent, status.card_time};
  switch (status.what) {
    case UserStatus::What::kOn:
      news.what = presence::What::kOn;
      online_.insert(*user);
      if (is_in_snapshot_) in_snapshot_.insert(*user);
      break;
    case UserStatus::What::kOff:
      online_.erase(*user);
      in_snapshot_.erase(*user);
      break;
    case UserStatus::What::kAgent:
      news.what = presence::What::kUa;
      break;
    case UserStatus::What::kCard:
      news.what = presence::What::kUpd;
      break;
    case UserStatus::What::kUnknown:
      return;
  }
  env_.topics.Send(model::TopicName::Me(*user), std::move(news));
}

// Who was online and is not named has gone while there was no link.
void Inflow::EndSnapshot() {
  is_in_snapshot_ = false;
  for (const model::UserId user : online_) {
    if (in_snapshot_.contains(user)) continue;
    env_.topics.Send(model::TopicName::Me(user),
                     topic::PeerStatus{presence::What::kOff, {}, absl::InfinitePast()});
  }
  online_ = std::exchange(in_snapshot_, {});
}

}  // namespace molva::federation
