// What one peer has yet to get: how far each log is sent, acknowledged and due.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "federation/link/pipe.h"
#include "federation/peer/frames.h"
#include "federation/peer/lane_key.h"
#include "store/mutation.h"
#include "store/records.h"

namespace molva::federation {

// Decides what is sent next and what must be read from the store for it; does neither. Entries of a
// lane leave in their order. What comes live is kept only if it is next and there is room.
//
// Thread: confined to the actor's shard.
// Full:   beyond kMaxQueuedBytes live entries are forgotten and read later; lanes with nothing due
//         are forgotten beyond kMaxLanes.
class OutgoingLanes {
 public:
  static constexpr std::size_t kMaxQueuedBytes = 2 << 20;
  static constexpr std::size_t kMaxLanes = 16'384;
  static constexpr std::size_t kMaxReads = 4;
  // What is longer fits in no frame; its lane stops there.
  static constexpr std::size_t kMaxItemBytes = kMaxFrameBytes - 4096;

  // A link is coming up: nothing is sent yet, and what is due is what has not been acknowledged.
  // Answers to reads from before come too late.
  void Restart();
  // The link is down: nothing is kept for it.
  void Halt();
  // A row of the store.
  void Load(const store::DeliveryRecord& row, LaneKey key);
  // `item` is due.
  void Add(LaneKey key, topic::LaneItemPtr item);

  // The peer has everything up to `n`. Returns whether that is news. What was never due is not
  // believed.
  bool Acknowledge(LaneKey key, std::int64_t n);
  // The peer misses what is behind `after`. When that comes again and again without progress, the
  // lane rests for a while, at most kLongestRest.
  void Rewind(LaneKey key, std::int64_t after, absl::Time now);
  // The peer has refused entry `n`: nothing is sent until that comes again or a link comes up.
  void Stop(LaneKey key, std::int64_t n);
  // The peer is no place for this lane: nothing of it is due until something new is.
  void Forget(LaneKey key);
  // Lets go what has rested. Returns when the next one is due.
  absl::Time Wake(absl::Time now);

  struct Read {
    LaneKey key;
    std::int64_t after = 0;
    std::uint64_t generation = 0;
  };
  // A lane whose next entries must be read; counts as under way until Loaded or ReadFailed.
  std::optional<Read> NextRead();
  // What the store has behind `read.after`, in order.
  void Loaded(const Read& read, std::vector<topic::LaneItemPtr> items);
  // The lane rests.
  void ReadFailed(const Read& read, absl::Time now);

  bool has_ready() const { return !ready_.empty(); }
  std::size_t ready_items() const { return queued_items_; }
  // The next entry to send if it takes at most `max_bytes`. Lanes take turns.
  std::optional<OutgoingItem> TakeNext(std::size_t max_bytes);

  // What the store should know of acknowledgements; of proposals the topic itself writes it.
  store::Batch TakeConfirmations(const std::string& peer);
  bool has_confirmations() const { return !unconfirmed_.empty(); }

  // Entries due and not acknowledged.
  std::int64_t pending() const { return pending_; }
  // Those of them that are proposals: what the node keeps for this peer alone.
  std::int64_t pending_proposals() const { return pending_proposals_; }
  // Topics whose proposals are due.
  std::vector<model::TopicName> TopicsWithProposals() const;

  static constexpr absl::Duration kFirstRest = absl::Milliseconds(100);
  static constexpr absl::Duration kLongestRest = absl::Seconds(30);

 private:
  struct Lane {
    topic::LaneKind kind = topic::LaneKind::kChain;
    std::int64_t acked = 0;
    std::int64_t sent = 0;
    std::int64_t through = 0;
    std::deque<topic::LaneItemPtr> queue;  // sent + 1, sent + 2 …
    std::int64_t refused = 0;              // 0: none
    int rewinds = 0;                       // since the last progress
    bool is_reading = false;
    bool is_ready = false;    // in ready_
    bool is_waiting = false;  // in to_read_
    bool is_resting = false;  // in resting_
  };
  using Lanes = std::map<LaneKey, Lane>;  // ordered: what a link does must be repeatable

  Lane& Find(LaneKey key);
  bool IsBegunByPeer(const LaneKey& key, const Lane& lane, std::int64_t n) const;
  void Skip(Lane& lane, std::int64_t through);
  void CountPending(const Lane& lane, std::int64_t more);
  void SetThrough(Lane& lane, std::int64_t through);
  void SetAcked(Lane& lane, std::int64_t acked);
  void Push(const LaneKey& key, Lane& lane, topic::LaneItemPtr item);
  void DropQueue(Lane& lane);
  void PassSettled(const LaneKey& key, Lane& lane, const std::vector<topic::LaneItemPtr>& items);
  // Puts the lane where it is noticed if it has something to do.
  void Consider(const LaneKey& key, Lane& lane);
  void Rest(const LaneKey& key, Lane& lane, absl::Time now);
  void ForgetIdle();

  Lanes lanes_;
  std::deque<LaneKey> ready_;    // have something queued
  std::deque<LaneKey> to_read_;  // have something due that is not queued
  std::vector<std::pair<absl::Time, LaneKey>> resting_;
  std::set<LaneKey> unconfirmed_;
  std::size_t queued_bytes_ = 0;
  std::size_t queued_items_ = 0;
  std::size_t reads_ = 0;
  std::uint64_t generation_ = 0;
  std::int64_t pending_ = 0;
  std::int64_t pending_proposals_ = 0;
  bool is_flowing_ = false;
};

}  // namespace molva::federation
