#include "federation/peer/link.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace molva::federation {

using PeerState = topic::PeerLink::State;

Link::Link(const PeerEnv& env, std::string domain, LinkUser& user, PeerStats& stats)
    : env_(env),
      domain_(std::move(domain)),
      user_(user),
      stats_(stats),
      retries_(env.options.first_retry, env.options.longest_retry),
      departures_(env.shard) {
  SetState(LinkState::kIdle);
}

Link::~Link() {
  for (const runtime::TimerId timer : {retry_timer_, beat_timer_, unknown_timer_}) {
    env_.shard.CancelTimer(timer);
  }
}

void Link::StartTimer(runtime::TimerId& timer, absl::Duration delay, void (Link::*then)()) {
  env_.shard.CancelTimer(timer);
  timer = env_.shard.StartTimer(delay, [self = std::weak_ptr(self_), then] {
    if (const auto link = self.lock()) ((*link)->*then)();
  });
}

void Link::SetState(LinkState state) {
  stats_.state = state;
  stats_.since = env_.shard.Now();
  if (state != LinkState::kWaiting) stats_.next_try = absl::InfiniteFuture();
}

void Link::Want() {
  wanted_until_ = env_.shard.Now() + env_.options.keep_trying;
  if (is_idle() && !is_stopped_) Search(Ask::kFind);
}

void Link::RetryNow() {
  wanted_until_ = env_.shard.Now() + env_.options.keep_trying;
  retries_.Reset();
  const bool is_resting = is_idle() || stats_.state == LinkState::kWaiting;
  if (is_resting && !is_stopped_) Search(Ask::kFind);
}

void Link::Search(Ask how) {
  env_.shard.CancelTimer(retry_timer_);
  if (!env_.policy.rules.Allows(domain_)) {
    return WaitForRetry(absl::PermissionDeniedError("the lists of this node do not allow it"));
  }
  SetState(LinkState::kSearching);
  auto found = [self = std::weak_ptr(self_),
                attempt = ++attempt_](absl::StatusOr<PeerIdentity> identity) {
    const auto link = self.lock();
    if (link == nullptr || (*link)->attempt_ != attempt) return;
    if (!identity.ok()) return (*link)->OnDialFailed(identity.status());
    (*link)->Dial(*std::move(identity));
  };
  if (how == Ask::kRefresh) {
    env_.directory.Refresh(domain_, std::move(found));
  } else {
    env_.directory.Find(domain_, std::move(found));
  }
}

void Link::Dial(PeerIdentity identity) {
  identity_ = std::move(identity);
  std::vector<PublicKey> keys;
  for (const auto& known : identity_.keys) {
    if (known.IsValidAt(env_.shard.Now())) keys.push_back(known.key);
  }
  if (identity_.endpoints.empty()) {
    return WaitForRetry(absl::NotFoundError("the peer says no address; it must dial"));
  }
  if (keys.empty()) return WaitForRetry(absl::NotFoundError("no key of the peer is valid now"));
  SetState(LinkState::kDialling);
  stats_.endpoint = identity_.endpoints.front();
  auto connection = std::make_unique<Connection>(*this, Connection::DialledBy::kUs);
  Connection& handler = *connection;
  env_.dialer.Dial(
      env_.shard, identity_.endpoints, std::move(keys), handler,
      [self = std::weak_ptr(self_), attempt = attempt_,
       connection = std::move(connection)](absl::StatusOr<std::unique_ptr<Pipe>> pipe) mutable {
        const auto link = self.lock();
        if (link == nullptr || (*link)->attempt_ != attempt) return;
        (*link)->OnDialled(std::move(connection), std::move(pipe));
      });
}

void Link::OnDialled(std::unique_ptr<Connection> connection,
                     absl::StatusOr<std::unique_ptr<Pipe>> pipe) {
  if (!pipe.ok()) return OnDialFailed(pipe.status());
  connection->Attach(*std::move(pipe), env_.shard.Now());
  current_ = std::move(connection);
  if (waiting_.has_value()) {
    departures_.Refuse(std::move(waiting_->make), "duplicate");
    waiting_.reset();
  }
  SetState(LinkState::kGreeting);
  SendHello();
  StartTimer(beat_timer_, env_.options.greeting_timeout, &Link::OnGreetingLate);
}

void Link::OnDialFailed(const absl::Status& why) {
  ++stats_.dial_failures;
  if (waiting_.has_value()) {
    Incoming incoming = *std::move(waiting_);
    waiting_.reset();
    return Use(std::move(incoming));
  }
  if (absl::IsUnauthenticated(why) && !std::exchange(has_refreshed_, true)) {
    return Search(Ask::kRefresh);
  }
  WaitForRetry(why);
}

void Link::WaitForRetry(const absl::Status& why) {
  ++attempt_;
  stats_.last_error = std::string(why.message());
  const absl::Time now = env_.shard.Now();
  if (is_stopped_ || (!user_.NeedsLink() && wanted_until_ <= now)) {
    return SetState(LinkState::kIdle);
  }
  SetState(LinkState::kWaiting);
  const absl::Duration delay = retries_.Next(env_.shard.random());
  stats_.next_try = now + delay;
  StartTimer(retry_timer_, delay, &Link::OnRetryTime);
}

void Link::OnRetryTime() {
  if (stats_.state != LinkState::kWaiting) return;
  if (!user_.NeedsLink() && wanted_until_ <= env_.shard.Now()) return SetState(LinkState::kIdle);
  Search(Ask::kFind);
}

void Link::SendHello() {
  Hello hello;
  hello.domain = env_.names.domain();
  hello.software = env_.options.software;
  hello.time = env_.shard.Now();
  hello.credit_bytes = env_.options.credit_bytes;
  hello.heartbeat = env_.options.heartbeat;
  Send(EncodeFrame(hello));
}

void Link::Send(std::string frame) {
  ++stats_.out.frames;
  stats_.out.bytes += frame.size();
  current_->Send(std::move(frame));
}

void Link::Adopt(Hello hello, PeerIdentity identity, PipeAcceptor::MakePipe make) {
  stats_.last_heard = env_.shard.Now();
  retries_.Reset();
  if (is_stopped_) return departures_.Refuse(std::move(make), "shutdown");
  Incoming incoming{std::move(hello), std::move(identity), std::move(make)};
  const bool is_ours_first = env_.names.domain() < domain_;
  if (stats_.state == LinkState::kDialling && is_ours_first) {
    if (waiting_.has_value()) departures_.Refuse(std::move(waiting_->make), "duplicate");
    waiting_ = std::move(incoming);
    return;
  }
  if (current_ != nullptr && is_ours_first &&
      current_->dialled_by() == Connection::DialledBy::kUs &&
      env_.shard.Now() - current_->since() < kSimultaneous) {
    return departures_.Refuse(std::move(incoming.make), "duplicate");
  }
  Use(std::move(incoming));
}

void Link::Use(Incoming incoming) {
  ++attempt_;
  env_.shard.CancelTimer(retry_timer_);
  const bool was_up = is_up();
  if (current_ != nullptr) {
    const bool is_simultaneous = current_->dialled_by() == Connection::DialledBy::kUs;
    departures_.SayBye(std::move(current_), is_simultaneous ? "duplicate" : "replaced");
  }
  if (was_up) GoDown(PeerState::kDown);
  if (const auto word = Objection(incoming.hello)) {
    ++stats_.byes[std::string(*word)];
    departures_.Refuse(std::move(incoming.make), *word);
    return WaitForRetry(absl::FailedPreconditionError(std::string(*word)));
  }
  auto connection = std::make_unique<Connection>(*this, Connection::DialledBy::kPeer);
  std::unique_ptr<Pipe> pipe = incoming.make(env_.shard, *connection);
  if (pipe == nullptr) return WaitForRetry(absl::UnavailableError("the connection has gone"));
  connection->Attach(std::move(pipe), env_.shard.Now());
  current_ = std::move(connection);
  identity_ = std::move(incoming.identity);
  stats_.endpoint.clear();
  SendHello();
  Rise(incoming.hello);
}

std::optional<std::string_view> Link::Objection(const Hello& hello) const {
  if (hello.domain != domain_) return "wrong_domain";
  if (hello.version_min > kVersionMax || hello.version_max < kVersionMin) return "version";
  if (hello.credit_bytes < kMaxFrameBytes) return "malformed";
  return std::nullopt;
}

void Link::TakeHello(const Hello& hello) {
  if (const auto word = Objection(hello)) return End(*word, Blame::kPeer);
  Rise(hello);
}

void Link::Rise(const Hello& hello) {
  constexpr absl::Duration kSlowest = absl::Minutes(5);
  their_heartbeat_ = std::min(hello.heartbeat, kSlowest);
  stats_.last_heard = env_.shard.Now();
  ++stats_.links;
  retries_.Reset();
  has_refreshed_ = false;
  env_.shard.CancelTimer(unknown_timer_);
  SetState(LinkState::kUp);
  StartTimer(beat_timer_, env_.options.heartbeat, &Link::Beat);
  user_.OnUp(hello);
}

void Link::Beat() {
  if (!is_up()) return;
  const absl::Time now = env_.shard.Now();
  if (now - stats_.last_heard >= 2 * std::max(env_.options.heartbeat, their_heartbeat_)) {
    stats_.last_error = "silent for two heart-beats";
    LetGo(std::move(current_), "silent");
    GoDown(PeerState::kUnknown);
    return WaitForRetry(absl::DeadlineExceededError("silent for two heart-beats"));
  }
  Send(EncodeFrame(PingFrame{static_cast<std::uint64_t>(absl::ToUnixMicros(now))}));
  StartTimer(beat_timer_, env_.options.heartbeat, &Link::Beat);
}

void Link::OnGreetingLate() {
  if (stats_.state == LinkState::kGreeting) End("silent", Blame::kNobody);
}

void Link::LetGo(std::unique_ptr<Connection> connection, std::string_view reason) {
  ++stats_.byes[std::string(reason)];
  departures_.SayBye(std::move(connection), reason);
}

void Link::End(std::string_view reason, Blame blame) {
  if (current_ == nullptr) return;
  if (blame == Blame::kPeer) {
    base::LogWarning("the link to a peer is ended",
                     {{"peer", domain_}, {"reason", std::string(reason)}});
    retries_.Punish();
  }
  const bool was_up = is_up();
  LetGo(std::move(current_), reason);
  if (was_up) GoDown(PeerState::kDown);
  WaitForRetry(absl::CancelledError(std::string(reason)));
}

void Link::Stop(std::string_view reason) {
  is_stopped_ = true;
  if (waiting_.has_value()) {
    departures_.Refuse(std::move(waiting_->make), reason);
    waiting_.reset();
  }
  ++attempt_;
  env_.shard.CancelTimer(retry_timer_);
  if (current_ != nullptr) return End(reason, Blame::kNobody);
  SetState(LinkState::kIdle);
}

void Link::GoDown(PeerState state) {
  const absl::Time now = env_.shard.Now();
  wanted_until_ = std::max(wanted_until_, now + env_.options.keep_trying);
  env_.shard.CancelTimer(beat_timer_);
  SetState(LinkState::kWaiting);
  user_.OnDown(PeerState::kDown);
  if (state == PeerState::kUnknown) return user_.OnDown(PeerState::kUnknown);
  StartTimer(unknown_timer_, 2 * env_.options.heartbeat, &Link::OnUnknown);
}

void Link::OnUnknown() {
  if (!is_up()) user_.OnDown(PeerState::kUnknown);
}

void Link::OnFrame(Connection& connection, std::string bytes) {
  if (&connection != current_.get()) return;
  stats_.last_heard = env_.shard.Now();
  ++stats_.in.frames;
  stats_.in.bytes += bytes.size();
  absl::StatusOr<ReceivedFrame> frame = DecodeFrame(bytes);
  if (!frame.ok()) {
    stats_.last_error = std::string(frame.status().message());
    return End("malformed", Blame::kPeer);
  }
  if (const auto* bye = std::get_if<Bye>(&*frame)) return TakeBye(bye->reason);
  if (stats_.state == LinkState::kGreeting) {
    const auto* hello = std::get_if<Hello>(&*frame);
    if (hello == nullptr) return End("protocol", Blame::kPeer);
    return TakeHello(*hello);
  }
  user_.OnFrame(*std::move(frame), bytes.size());
}

void Link::TakeBye(const std::string& reason) {
  constexpr std::size_t kLongestWord = 64;
  const std::string word = reason.substr(0, kLongestWord);
  ++stats_.byes[ByeWords().contains(word) ? word : "other"];
  if (word == "denied" || word == "unknown_key" || word == "version") retries_.GiveTime();
  const bool was_up = is_up();
  current_->pipe().Close("bye");
  departures_.Bury(std::move(current_));
  if (was_up) GoDown(PeerState::kDown);
  WaitForRetry(absl::CancelledError("the peer said bye: " + word));
}

void Link::OnWritable(Connection& connection) {
  if (&connection == current_.get() && is_up()) user_.OnRoom();
}

void Link::OnClosed(Connection& connection, const absl::Status& why) {
  if (&connection != current_.get()) return;
  if (absl::IsInvalidArgument(why)) retries_.Punish();
  const bool was_up = is_up();
  departures_.Bury(std::move(current_));
  if (was_up) GoDown(PeerState::kDown);
  WaitForRetry(why);
}

const std::set<std::string_view>& ByeWords() {
  static const std::set<std::string_view> kWords = {
      "duplicate", "replaced",  "version",       "wrong_domain", "unknown_key",
      "denied",    "malformed", "bad_signature", "over_credit",  "silent",
      "too_many",  "shutdown",  "protocol"};
  return kWords;
}

}  // namespace molva::federation
