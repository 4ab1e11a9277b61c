#include "federation/peer/peer_actor.h"

#include <utility>

namespace molva::federation {

using State = topic::PeerLink::State;

PeerActor::PeerActor(const PeerEnv& env, std::string domain)
    : env_(env),
      domain_(std::move(domain)),
      link_(env, domain_, *this, stats_),
      outflow_(env, domain_, link_, stats_),
      inflow_(env, domain_, link_, outflow_, stats_),
      calls_(env, domain_, link_),
      answers_(env, outflow_, stats_),
      last_used_(env.shard.Now()) {
  stats_.domain = domain_;
  inflow_.set_on_resume([this] { TakeHeld(); });
}

PeerActor::~PeerActor() = default;

void PeerActor::Deliver(LaneKey key, topic::LaneItemPtr item) {
  bound_.Check();
  if (key.kind == topic::LaneKind::kChain) inflow_.ForgetProgress(key);
  outflow_.Deliver(key, std::move(item));
  TellRoom();
}

void PeerActor::Acknowledge(LaneKey key, std::int64_t through,
                            std::vector<topic::Outcome> outcomes) {
  bound_.Check();
  inflow_.Settle(key, through);
  outflow_.Acknowledge(key, through, std::move(outcomes));
}

void PeerActor::SendNote(model::TopicName topic, model::UserId user, const std::string& what,
                         model::SeqId seq) {
  if (!link_.is_up()) return;
  outflow_.Note({env_.names.GlobalNameOf(topic), env_.names.GlobalNameOf(user), what, seq});
}

// Without a link nothing is kept: all who are online say so when there is one.
void PeerActor::SendStatus(model::UserId user, presence::What what, const std::string& user_agent,
                           absl::Time card_time) {
  if (!env_.policy.rules.TellsPresence(domain_)) return;
  last_used_ = env_.shard.Now();
  if (!link_.is_up()) return link_.Want();
  outflow_.statuses().Add(user, what, user_agent, card_time);
  outflow_.SayMore();
}

void PeerActor::OnShardTold(std::uint64_t link) {
  if (link != stats_.links || !link_.is_up()) return;
  if (++shards_told_ < env_.herald.shard_count()) return;
  if (!env_.policy.rules.TellsPresence(domain_)) return;
  outflow_.statuses().EndSnapshot();
  outflow_.SayMore();
}

void PeerActor::OnRulesChanged() {
  if (!env_.policy.rules.Allows(domain_)) {
    link_.End("denied", Link::Blame::kNobody);
  } else if (NeedsLink()) {
    link_.RetryNow();
  }
}

void PeerActor::OnUp(const Hello& theirs) {
  last_up_ = last_used_ = env_.shard.Now();
  shards_told_ = 0;
  held_.clear();
  inflow_.Begin();
  outflow_.Begin(theirs.credit_bytes, inflow_.Progress());
  calls_.OnUp();
  if (env_.policy.rules.TellsPresence(domain_)) outflow_.statuses().BeginSnapshot();
  env_.herald.Announce({domain_, State::kUp}, stats_.links);
}

void PeerActor::OnDown(State state) {
  env_.herald.Announce({domain_, state}, stats_.links);
  if (state != State::kDown) return;
  last_up_ = last_used_ = env_.shard.Now();
  held_.clear();
  outflow_.End();
  calls_.OnDown();
  for (auto& [nonce, done] : std::exchange(pings_, {})) {
    done(absl::UnavailableError("the link went down"));
  }
}

bool PeerActor::NeedsLink() const { return outflow_.pending() > 0 || calls_.has_open(); }

void PeerActor::OnFrame(ReceivedFrame frame, std::size_t bytes) {
  bound_.Check();
  if (!inflow_.is_paused()) return Take(std::move(frame), bytes);
  if (held_.size() >= kMaxHeld) return link_.End("protocol", Link::Blame::kPeer);
  held_.emplace_back(std::move(frame), bytes);
}

void PeerActor::TakeHeld() {
  while (!held_.empty() && link_.is_up() && !inflow_.is_paused()) {
    auto [frame, bytes] = std::move(held_.front());
    held_.pop_front();
    Take(std::move(frame), bytes);
  }
}

void PeerActor::Take(ReceivedFrame frame, std::size_t bytes) {
  if (const auto* resume = std::get_if<Resume>(&frame)) return outflow_.TakeResume(*resume);
  outflow_.OnFirstOtherFrame();
  if (auto* batch = std::get_if<ReceivedBatch>(&frame)) {
    inflow_.TakeBatch(std::move(*batch), bytes);
  } else if (const auto* ack = std::get_if<Ack>(&frame)) {
    outflow_.TakeAck(*ack);
    TellRoom();
  } else if (const auto* credit = std::get_if<Credit>(&frame)) {
    outflow_.TakeCredit(credit->bytes);
  } else if (const auto* ping = std::get_if<PingFrame>(&frame)) {
    // One that does not read gets no answers either.
    if (link_.has_room()) link_.Send(EncodeFrame(PongFrame{ping->nonce}));
  } else if (const auto* pong = std::get_if<PongFrame>(&frame)) {
    TakePong(pong->nonce);
  } else if (const auto* presence = std::get_if<Presence>(&frame)) {
    inflow_.TakePresence(*presence);
  } else if (const auto* notes = std::get_if<Notes>(&frame)) {
    inflow_.TakeNotes(*notes);
  } else if (const auto* call = std::get_if<Call>(&frame)) {
    if (link_.has_room()) answers_.Take(*call);
  } else if (const auto* result = std::get_if<CallResult>(&frame)) {
    calls_.TakeResult(*result);
  } else if (const auto* refusal = std::get_if<RefusalFrame>(&frame)) {
    outflow_.TakeRefusal(*refusal);
  } else if (std::holds_alternative<Hello>(frame)) {
    link_.End("protocol", Link::Blame::kPeer);
  }
}

void PeerActor::Ping(Pinged done) {
  if (!link_.is_up() || pings_.size() >= kMaxPings) {
    link_.Want();
    return done(absl::UnavailableError("there is no link to the peer"));
  }
  auto nonce = static_cast<std::uint64_t>(absl::ToUnixMicros(env_.shard.Now()));
  while (pings_.contains(nonce)) ++nonce;
  pings_.emplace(nonce, std::move(done));
  link_.Send(EncodeFrame(PingFrame{nonce}));
  env_.shard.StartTimer(env_.options.call_timeout, [self = std::weak_ptr(self_), nonce] {
    const auto actor = self.lock();
    if (actor == nullptr) return;
    auto ping = (*actor)->pings_.extract(nonce);
    if (!ping.empty()) ping.mapped()(absl::UnavailableError("the peer does not answer in time"));
  });
}

// Nonces are the times at which pings left.
void PeerActor::TakePong(std::uint64_t nonce) {
  const absl::Time now = env_.shard.Now();
  const auto micros = static_cast<std::uint64_t>(absl::ToUnixMicros(now));
  if (nonce > micros) return;
  const absl::Duration round_trip = now - absl::FromUnixMicros(static_cast<std::int64_t>(nonce));
  if (round_trip > 2 * env_.options.heartbeat) return;
  stats_.round_trip = round_trip;
  auto ping = pings_.extract(nonce);
  if (!ping.empty()) ping.mapped()(round_trip);
}

void PeerActor::TellRoom() {
  const bool is_full = outflow_.pending_proposals() >= env_.options.max_pending;
  if (std::exchange(is_full_, is_full) == is_full) return;
  using Room = LinkHerald::Room;
  env_.herald.AnnounceRoom(domain_, is_full ? Room::kNone : Room::kSome);
}

void PeerActor::Tick() {
  TellRoom();
  inflow_.Tick();
  if (link_.is_up() || NeedsLink()) last_used_ = env_.shard.Now();
  if (NeedsLink()) link_.Want();
}

void PeerActor::GiveUpOld() {
  const absl::Time now = env_.shard.Now();
  if (link_.is_up() || now - last_up_ < env_.options.give_up_after) return;
  for (const model::TopicName topic : outflow_.TopicsWithProposals()) {
    env_.topics.Send(topic, topic::GiveUp{now - env_.options.give_up_after});
  }
}

bool PeerActor::IsDone() const {
  return link_.is_idle() && link_.has_departed() && outflow_.is_loaded() && !NeedsLink() &&
         env_.shard.Now() - last_used_ >= env_.options.keep_trying;
}

const PeerStats& PeerActor::stats() {
  stats_.pending = outflow_.pending();
  stats_.over_quota = is_full_;
  return stats_;
}

}  // namespace molva::federation
