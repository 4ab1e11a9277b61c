// What comes from one peer for topics: batches of entries, checked and handed on; notes; presence.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "federation/peer/claims.h"
#include "federation/peer/intake.h"
#include "federation/peer/link.h"
#include "federation/peer/outflow.h"
#include "federation/peer/peer_env.h"
#include "federation/peer/signatures.h"
#include "federation/peer/token_bucket.h"

namespace molva::federation {

// Checks signatures, domains and sizes; whether an entry may stand in its topic is for the topic.
// An entry that hangs on a proposal of a third server waits until that one's keys are known, and
// its topic with it.
//
// Thread:  confined to the actor's shard.
// Full:    what waits is within the peer's credit; notes and statuses over the peer's rate are left
//          out.
class Inflow {
 public:
  Inflow(const PeerEnv& env, const std::string& domain, Link& link, Outflow& outflow,
         PeerStats& stats);

  void Begin();
  // Takes a batch of `bytes`, signed by a key that is not known: asks for it first. Nothing else of
  // the peer may be taken until is_paused() ends.
  void TakeBatch(ReceivedBatch batch, std::size_t bytes);
  bool is_paused() const { return is_paused_; }
  // Called when the pause is over and the link still there.
  void set_on_resume(runtime::Task task) { on_resume_ = std::move(task); }
  void TakeNotes(const Notes& notes);
  void TakePresence(const Presence& presence);

  // What the topics say.
  void Settle(LaneKey key, std::int64_t through);
  void ForgetProgress(LaneKey key) { intake_.ForgetProgress(key); }
  void Refuse(LaneKey key, std::int64_t n, topic::Refusal why);
  void AskAgain(LaneKey key, std::int64_t after);

  // Asks again for what got lost between link and topic. To be called now and then.
  void Tick();
  std::vector<std::pair<LaneKey, std::int64_t>> Progress() const { return intake_.Progress(); }

 private:
  using Groups = std::vector<std::pair<LaneKey, std::vector<topic::LaneItemPtr>>>;

  enum class Ask : std::uint8_t { kFind, kRefresh };

  void TakeSigned(const PublicKey& key, ReceivedBatch batch, std::size_t bytes);
  void AskForKey(ReceivedBatch batch, std::size_t bytes);
  // False: the link has ended.
  bool TakeItem(Claim claim, std::uint64_t bytes, Groups& groups);
  // `fresh`: the signer of the cause, just found; null: what is remembered of him counts.
  void TakeClaimed(ClaimedItem item, const PeerIdentity* fresh, Groups& groups);
  void HandOn(Groups groups);
  void Hold(ClaimedItem item, Ask how);
  void OnSigner(const std::string& domain, const absl::StatusOr<PeerIdentity>& signer);
  void Postpone(LaneKey key, std::int64_t n);
  void GiveCredit();
  void TakeStatus(const UserStatus& status);
  void EndSnapshot();

  const PeerEnv& env_;
  const std::string& domain_;
  Link& link_;
  Outflow& outflow_;
  PeerStats& stats_;
  Intake intake_;
  CauseVerifier causes_;
  std::map<LaneKey, std::vector<ClaimedItem>> held_;
  std::map<std::string, std::set<LaneKey>> awaited_;  // by the server whose keys are asked for
  std::map<LaneKey, std::int64_t> doubts_;            // entries whose signer is not known
  std::set<model::UserId> online_;                    // as the peer says
  std::set<model::UserId> in_snapshot_;
  bool is_in_snapshot_ = false;
  bool is_paused_ = false;
  std::uint64_t epoch_ = 0;
  runtime::Task on_resume_;
  TokenBucket status_rate_;
  TokenBucket note_rate_;
  TokenBucket newcomer_rate_;
  // Expires with this.
  const std::shared_ptr<Inflow*> self_ = std::make_shared<Inflow*>(this);
};

}  // namespace molva::federation
