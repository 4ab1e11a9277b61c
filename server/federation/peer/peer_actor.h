// One other server: everything this node does with it comes together here.
#pragma once

#include <absl/functional/any_invocable.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/shard_bound.h"
#include "federation/peer/calls.h"
#include "federation/peer/inflow.h"
#include "federation/peer/link.h"
#include "federation/peer/outflow.h"
#include "federation/peer/peer_env.h"
#include "federation/peer/peer_stats.h"

namespace molva::federation {

// Connects the link with what goes in and out. It lives as long as there is work or a link, and for
// a while after.
//
// Thread:  confined to the shard that its domain hashes to.
// Owns:    the link and all that waits for it.
// Borrows: the environment.
// Errors:  what a peer does wrong ends its link or stops one topic, never more.
class PeerActor final : public LinkUser {
 public:
  PeerActor(const PeerEnv& env, std::string domain);
  ~PeerActor() override;

  const std::string& domain() const { return domain_; }
  Link& link() { return link_; }
  Calls& calls() { return calls_; }

  // What topics have for the peer; see topic::PeerPort.
  void Deliver(LaneKey key, topic::LaneItemPtr item);
  void Acknowledge(LaneKey key, std::int64_t through, std::vector<topic::Outcome> outcomes);
  void Refuse(LaneKey key, std::int64_t n, topic::Refusal why) { inflow_.Refuse(key, n, why); }
  void AskAgain(LaneKey key, std::int64_t after) { inflow_.AskAgain(key, after); }
  void SendNote(model::TopicName topic, model::UserId user, const std::string& what,
                model::SeqId seq);
  void SendStatus(model::UserId user, presence::What what, const std::string& user_agent,
                  absl::Time card_time);
  // The `me` topics of one shard have said who is online since link number `link`.
  void OnShardTold(std::uint64_t link);

  // Reads what is due to the peer, and dials if there is something.
  void Load() { outflow_.LoadDeliveries(); }
  void OnRulesChanged();
  using Pinged = absl::AnyInvocable<void(absl::StatusOr<absl::Duration>)>;
  void Ping(Pinged done);
  // To be called each heart-beat.
  void Tick();
  // Asks topics to give up proposals that have waited too long for a peer that is away.
  void GiveUpOld();
  // Nothing hangs on it any more.
  bool IsDone() const;
  const PeerStats& stats();

  // LinkUser
  void OnUp(const Hello& theirs) override;
  void OnDown(topic::PeerLink::State state) override;
  void OnFrame(ReceivedFrame frame, std::size_t bytes) override;
  void OnRoom() override { outflow_.OnRoom(); }
  bool NeedsLink() const override;

 private:
  static constexpr std::size_t kMaxHeld = 64;
  static constexpr std::size_t kMaxPings = 16;

  void Take(ReceivedFrame frame, std::size_t bytes);
  void TakeHeld();
  // Whether more may be left for this peer, if that has changed.
  void TellRoom();
  void TakePong(std::uint64_t nonce);

  const PeerEnv& env_;
  const std::string domain_;
  PeerStats stats_;
  Link link_;
  Outflow outflow_;
  Inflow inflow_;
  Calls calls_;
  Answers answers_;
  std::deque<std::pair<ReceivedFrame, std::size_t>> held_;  // while a key is looked up
  std::map<std::uint64_t, Pinged> pings_;
  int shards_told_ = 0;
  bool is_full_ = false;
  absl::Time last_up_ = absl::InfinitePast();
  absl::Time last_used_;
  base::ShardBound bound_;
  // Expires with the actor.
  const std::shared_ptr<PeerActor*> self_ = std::make_shared<PeerActor*>(this);
};

}  // namespace molva::federation
