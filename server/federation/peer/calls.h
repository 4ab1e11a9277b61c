// Questions to a peer and their answers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "federation/peer/frames.h"
#include "federation/peer/outflow.h"
#include "federation/peer/peer_env.h"
#include "federation/peer/token_bucket.h"
#include "store/store.h"

namespace molva::federation {

// What our users ask the peer. A question waits for the link, and for its answer, for a few seconds
// altogether.
//
// Thread:  confined to the actor's shard.
// Full:    beyond kMaxOpen further questions get kUnavailable.
class Calls {
 public:
  static constexpr std::size_t kMaxOpen = 256;

  Calls(const PeerEnv& env, const std::string& domain, Link& link);
  ~Calls();

  // The errors are those of topic::PeerPort. What is answered is in the store as shadows.
  void LookUp(model::UserId user, store::Done<store::UserRecord> done);
  void Find(const std::string& text, store::Done<std::vector<store::TagHit>> done);

  void OnUp();
  void OnDown();
  void TakeResult(const CallResult& result);
  bool has_open() const { return !open_.empty(); }

 private:
  using Answered = absl::AnyInvocable<void(absl::StatusOr<CallResult>)>;
  struct Open {
    Call call;
    Answered answered;
    bool is_sent = false;
    runtime::TimerId timer = runtime::TimerId::kNone;
  };

  void Ask(Call::Question question, std::string text, Answered answered);
  void Settle(std::uint64_t id, absl::StatusOr<CallResult> result);
  // Puts the users among `hits` into the store, then `done`.
  void Keep(std::vector<store::TagHit> hits, store::Done<std::vector<store::TagHit>> done);

  const PeerEnv& env_;
  const std::string& domain_;
  Link& link_;
  std::map<std::uint64_t, Open> open_;
  std::uint64_t last_id_ = 0;
  // Expires with this.
  const std::shared_ptr<Calls*> self_ = std::make_shared<Calls*>(this);
};

// What the peer asks us.
//
// Thread: confined to the actor's shard.
// Full:   beyond its rate or kMaxOpen the peer is answered 429.
class Answers {
 public:
  static constexpr std::size_t kMaxOpen = 64;

  Answers(const PeerEnv& env, Outflow& outflow, PeerStats& stats);

  void Take(const Call& call);

 private:
  void Find(std::uint64_t id, const std::string& text);
  void LookUp(std::uint64_t id, const std::string& name);
  void Reply(std::uint64_t id, const absl::StatusOr<std::vector<store::TagHit>>& hits);
  void Refuse(std::uint64_t id, std::uint32_t code);

  const PeerEnv& env_;
  Outflow& outflow_;
  PeerStats& stats_;
  TokenBucket rate_;
  std::size_t open_ = 0;
  // Expires with this.
  const std::shared_ptr<Answers*> self_ = std::make_shared<Answers*>(this);
};

}  // namespace molva::federation
