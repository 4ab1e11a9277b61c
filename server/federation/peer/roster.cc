#include "federation/peer/roster.h"

#include <utility>

#include "base/log.h"

namespace molva::federation {

Roster::Roster(const PeerEnv& env) : env_(env), departures_(env.shard), meeting_rate_(100, 1000) {}

Roster::~Roster() = default;

PeerActor* Roster::Find(const std::string& domain) {
  const auto at = actors_.find(domain);
  return at == actors_.end() ? nullptr : at->second.get();
}

PeerActor* Roster::FindOrMake(const std::string& domain) {
  if (PeerActor* known = Find(domain)) return known;
  if (is_stopped_ || actors_.size() >= kMaxActors) return nullptr;
  PeerActor& actor =
      *actors_.emplace(domain, std::make_unique<PeerActor>(env_, domain)).first->second;
  actor.Load();
  if (!std::exchange(is_ticking_, true)) {
    ++round_;
    Every(env_.options.heartbeat, &Roster::Tick);
    Every(env_.options.give_up_check, &Roster::GiveUpOld);
    Every(env_.options.stats_interval, &Roster::Publish);
  }
  return &actor;
}

// Until no actor is left.
void Roster::Every(absl::Duration interval, void (Roster::*then)()) {
  env_.shard.StartTimer(interval, [self = std::weak_ptr(self_), round = round_, interval, then] {
    const auto roster = self.lock();
    if (roster == nullptr || !(*roster)->is_ticking_ || (*roster)->round_ != round) return;
    ((*roster)->*then)();
    (*roster)->Every(interval, then);
  });
}

void Roster::Take(std::vector<Parcel> parcels) {
  for (Parcel& parcel : parcels) {
    std::visit([&](auto& content) { Open(parcel.domain, content); }, parcel.content);
  }
}

void Roster::Open(const std::string& domain, DeliverParcel& parcel) {
  if (PeerActor* actor = FindOrMake(domain)) actor->Deliver(parcel.key, std::move(parcel.item));
}

void Roster::Open(const std::string& domain, AcknowledgeParcel& parcel) {
  if (PeerActor* actor = Find(domain)) {
    actor->Acknowledge(parcel.key, parcel.through, std::move(parcel.outcomes));
  }
}

void Roster::Open(const std::string& domain, RefuseParcel& parcel) {
  if (PeerActor* actor = Find(domain)) actor->Refuse(parcel.key, parcel.n, parcel.why);
}

void Roster::Open(const std::string& domain, AskAgainParcel& parcel) {
  if (PeerActor* actor = Find(domain)) actor->AskAgain(parcel.key, parcel.after);
}

void Roster::Open(const std::string& domain, NoteParcel& parcel) {
  if (PeerActor* actor = Find(domain)) {
    actor->SendNote(parcel.topic, parcel.user, parcel.what, parcel.seq);
  }
}

void Roster::Open(const std::string& domain, StatusParcel& parcel) {
  if (PeerActor* actor = FindOrMake(domain)) {
    actor->SendStatus(parcel.user, parcel.what, parcel.user_agent, parcel.card_time);
  }
}

absl::StatusOr<PeerActor*> Roster::ActorToAsk(const std::string& domain) {
  if (!env_.policy.rules.Allows(domain)) {
    return absl::PermissionDeniedError("the lists of this node do not allow the server");
  }
  PeerActor* actor = FindOrMake(domain);
  if (actor == nullptr) return absl::UnavailableError("too many servers at once");
  return actor;
}

void Roster::Open(const std::string& domain, LookUpParcel& parcel) {
  const absl::StatusOr<PeerActor*> actor = ActorToAsk(domain);
  if (!actor.ok()) return parcel.done(actor.status());
  (*actor)->calls().LookUp(parcel.user, std::move(parcel.done));
}

void Roster::Open(const std::string& domain, FindParcel& parcel) {
  const absl::StatusOr<PeerActor*> actor = ActorToAsk(domain);
  if (!actor.ok()) return parcel.done(actor.status());
  (*actor)->calls().Find(parcel.text, std::move(parcel.done));
}

void Roster::Open(const std::string& domain, ToldParcel& parcel) {
  if (PeerActor* actor = Find(domain)) actor->OnShardTold(parcel.link);
}

void Roster::Meet(Hello hello, const PublicKey& key, PipeAcceptor::MakePipe make) {
  if (is_stopped_) return;
  if (!env_.policy.rules.Allows(hello.domain)) {
    return departures_.Refuse(std::move(make), "denied");
  }
  if (meetings_ >= kMaxMeetings || !meeting_rate_.Take(env_.shard.Now())) {
    return departures_.Refuse(std::move(make), "too_many");
  }
  ++meetings_;
  Identify(std::make_shared<Visitor>(Visitor{std::move(hello), key, std::move(make)}), Ask::kFind);
}

void Roster::Identify(const VisitorPtr& visitor, Ask how) {
  auto found = [self = std::weak_ptr(self_), visitor,
                how](const absl::StatusOr<PeerIdentity>& identity) {
    if (const auto roster = self.lock()) (*roster)->OnIdentified(visitor, how, identity);
  };
  if (how == Ask::kRefresh) {
    env_.directory.Refresh(visitor->hello.domain, std::move(found));
  } else {
    env_.directory.Find(visitor->hello.domain, std::move(found));
  }
}

void Roster::OnIdentified(const VisitorPtr& visitor, Ask how,
                          const absl::StatusOr<PeerIdentity>& identity) {
  const bool is_known = identity.ok() && identity->Trusts(visitor->key, env_.shard.Now());
  // He may have changed his key.
  if (!is_known && identity.ok() && how == Ask::kFind) return Identify(visitor, Ask::kRefresh);
  --meetings_;
  if (is_stopped_) return;
  if (!is_known) {
    base::LogWarning("a server with a key that is not known as its own is sent away",
                     {{"peer", visitor->hello.domain}, {"key", visitor->key.ToString()}});
    return departures_.Refuse(std::move(visitor->make), "unknown_key");
  }
  PeerActor* actor = FindOrMake(visitor->hello.domain);
  if (actor == nullptr) return departures_.Refuse(std::move(visitor->make), "too_many");
  actor->link().Adopt(std::move(visitor->hello), *identity, std::move(visitor->make));
}

void Roster::RetryNow(const std::string& domain) {
  if (PeerActor* actor = FindOrMake(domain)) actor->link().RetryNow();
}

void Roster::Ping(const std::string& domain, PeerActor::Pinged done) {
  const absl::StatusOr<PeerActor*> actor = ActorToAsk(domain);
  if (!actor.ok()) return done(actor.status());
  (*actor)->Ping(std::move(done));
}

void Roster::OnRulesChanged() {
  for (const auto& [domain, actor] : actors_) actor->OnRulesChanged();
}

void Roster::Tick() {
  for (auto at = actors_.begin(); at != actors_.end();) {
    at->second->Tick();
    at = at->second->IsDone() ? actors_.erase(at) : std::next(at);
  }
  if (!actors_.empty()) return;
  is_ticking_ = false;
  Publish();
}

void Roster::GiveUpOld() {
  for (const auto& [domain, actor] : actors_) actor->GiveUpOld();
}

void Roster::Publish() {
  std::vector<PeerStats> all;
  all.reserve(actors_.size());
  for (const auto& [domain, actor] : actors_) all.push_back(actor->stats());
  published_.Set(std::move(all));
}

void Roster::Stop(runtime::Task done) {
  is_stopped_ = true;
  for (const auto& [domain, actor] : actors_) actor->link().Stop("shutdown");
  constexpr int kTries = 150;
  StopLater(std::move(done), kTries);
}

void Roster::StopLater(runtime::Task done, int tries) {
  bool is_gone = departures_.empty();
  for (const auto& [domain, actor] : actors_) is_gone &= actor->link().has_departed();
  if (is_gone || tries == 0) return done();
  constexpr absl::Duration kPause = absl::Milliseconds(20);
  env_.shard.StartTimer(kPause,
                        [self = std::weak_ptr(self_), done = std::move(done), tries]() mutable {
                          if (const auto roster = self.lock())
                            (*roster)->StopLater(std::move(done), tries - 1);
                        });
}

}  // namespace molva::federation
