// The link to one peer: dialled or taken, greeted, watched, tried again.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/retry_schedule.h"
#include "federation/peer/connection.h"
#include "federation/peer/departures.h"
#include "federation/peer/frames.h"
#include "federation/peer/peer_env.h"
#include "federation/peer/peer_stats.h"

namespace molva::federation {

// What an actor hears of its link.
class LinkUser {
 public:
  virtual ~LinkUser() = default;
  // Both have said Hello.
  virtual void OnUp(const Hello& theirs) = 0;
  // kUnknown follows kDown unless a link comes up again before.
  virtual void OnDown(topic::PeerLink::State state) = 0;
  virtual void OnFrame(ReceivedFrame frame, std::size_t bytes) = 0;
  virtual void OnRoom() = 0;
  // Whether there is work for a link now.
  virtual bool NeedsLink() const = 0;
};

// The words of a Bye. Source: docs/federation.md §10.
const std::set<std::string_view>& ByeWords();

// At most one connection is in use. Of two that were dialled at the same time, the one dialled by
// the smaller domain stays; a later one of the peer takes the place of the former.
//
// Thread:  confined to the actor's shard.
// Source:  docs/federation.md §6 and §7.
class Link final : public ConnectionOwner {
 public:
  Link(const PeerEnv& env, std::string domain, LinkUser& user, PeerStats& stats);
  ~Link() override;

  // There is a reason for a link: dials, unless that is being done or waits for its time.
  void Want();
  void RetryNow();
  // Takes a connection of the peer, whose key and domain have been checked.
  void Adopt(Hello hello, PeerIdentity identity, PipeAcceptor::MakePipe make);
  // Says Bye with `reason` and closes; nothing happens without a connection.
  enum class Blame : std::uint8_t { kNobody, kPeer };
  void End(std::string_view reason, Blame blame);
  // The same, and nothing is dialled any more.
  void Stop(std::string_view reason);

  bool is_up() const { return stats_.state == LinkState::kUp; }
  bool is_idle() const { return stats_.state == LinkState::kIdle; }
  // Nothing is left of former connections.
  bool has_departed() const { return departures_.empty(); }
  // With a link.
  bool has_room() const { return current_->has_room(); }
  void Send(std::string frame);
  void PauseReading() { current_->pipe().PauseReading(); }
  void ResumeReading() { current_->pipe().ResumeReading(); }
  const PeerIdentity& identity() const { return identity_; }
  void set_identity(PeerIdentity identity) { identity_ = std::move(identity); }

  // ConnectionOwner
  void OnFrame(Connection& connection, std::string frame) override;
  void OnWritable(Connection& connection) override;
  void OnClosed(Connection& connection, const absl::Status& why) override;

 private:
  // Both dialled at once if the second comes so soon.
  static constexpr absl::Duration kSimultaneous = absl::Seconds(10);

  struct Incoming {
    Hello hello;
    PeerIdentity identity;
    PipeAcceptor::MakePipe make;
  };

  void SetState(LinkState state);
  enum class Ask : std::uint8_t { kFind, kRefresh };
  void Search(Ask how);
  void Dial(PeerIdentity identity);
  void OnDialled(std::unique_ptr<Connection> connection,
                 absl::StatusOr<std::unique_ptr<Pipe>> pipe);
  void OnDialFailed(const absl::Status& why);
  void WaitForRetry(const absl::Status& why);
  void Use(Incoming incoming);
  void SendHello();
  void TakeHello(const Hello& hello);
  void TakeBye(const std::string& reason);
  // Nullopt if it may stand; else the word of the Bye.
  std::optional<std::string_view> Objection(const Hello& hello) const;
  void Rise(const Hello& hello);
  void LetGo(std::unique_ptr<Connection> connection, std::string_view reason);
  void GoDown(topic::PeerLink::State state);
  void Beat();
  void StartTimer(runtime::TimerId& timer, absl::Duration delay, void (Link::*then)());
  void OnGreetingLate();
  void OnRetryTime();
  void OnUnknown();

  const PeerEnv& env_;
  const std::string domain_;
  LinkUser& user_;
  PeerStats& stats_;
  base::RetrySchedule retries_;
  Departures departures_;
  std::unique_ptr<Connection> current_;
  std::optional<Incoming> waiting_;  // until what we dial is decided
  PeerIdentity identity_;
  absl::Duration their_heartbeat_;
  absl::Time wanted_until_ = absl::InfinitePast();
  bool has_refreshed_ = false;  // since the last success
  bool is_stopped_ = false;
  std::uint64_t attempt_ = 0;  // answers to former ones come too late
  runtime::TimerId retry_timer_ = runtime::TimerId::kNone;
  runtime::TimerId beat_timer_ = runtime::TimerId::kNone;  // or the greeting's
  runtime::TimerId unknown_timer_ = runtime::TimerId::kNone;
  // Expires with the link.
  const std::shared_ptr<Link*> self_ = std::make_shared<Link*>(this);
};

}  // namespace molva::federation
