// What a peer has sent and the topics have not dealt with: the peer's credit, and where each log
// must go on.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "federation/peer/frames.h"
#include "federation/peer/lane_key.h"

namespace molva::federation {

// Counts bytes from a batch's arrival until the topics have said what became of its items.
//
// Thread: confined to the actor's shard.
// Full:   the peer has no credit left; one that sends all the same is cut off (see Admit). Lanes
//         without anything open are forgotten beyond kMaxLanes.
class Intake {
 public:
  static constexpr std::size_t kMaxLanes = 16'384;

  explicit Intake(std::uint64_t window) : window_(window) {}

  // A link comes up, with a new credit.
  void Restart();

  // A batch of `bytes` has come. False if that is far over the credit: twice, because frames that
  // came twice count twice on this side only.
  [[nodiscard]] bool Admit(std::uint64_t bytes);
  // Entry `n`, with its share of the batch's bytes, goes to its topic. False: the lane waits for an
  // earlier one, and the item is dropped.
  [[nodiscard]] bool Open(LaneKey key, std::int64_t n, std::uint64_t bytes, absl::Time now);
  // Whether the lane waits for one that is earlier than `n`.
  bool IsPast(LaneKey key, std::int64_t n) const;
  // Bytes of an item that goes nowhere.
  void Return(std::uint64_t bytes);

  // The topic has dealt with all up to `through`.
  void Settle(LaneKey key, std::int64_t through);
  // The topic has its home here now: how far its former home had come says nothing any more.
  void ForgetProgress(LaneKey key);
  // The topic wants `n` next: nothing behind it is passed on until that comes.
  void WaitFor(LaneKey key, std::int64_t n, absl::Time now);
  // Takes lanes whose topic has said nothing since `before`, or that have waited since then for
  // what was asked for: they must be asked for again. With the number that each has got to.
  std::vector<std::pair<LaneKey, std::int64_t>> TakeStale(absl::Time before);

  // Credit that can be given back; 0 while it is too little to be worth a frame.
  std::uint64_t TakeCredit();

  // How far each lane known here has got on disk.
  std::vector<std::pair<LaneKey, std::int64_t>> Progress() const;
  std::uint64_t open_bytes() const { return open_bytes_; }

 private:
  struct Item {
    std::int64_t n = 0;
    std::uint64_t bytes = 0;
  };
  struct Lane {
    std::int64_t taken = 0;      // on disk, as the topic has said
    std::int64_t waits_for = 0;  // 0: whatever comes
    std::deque<Item> open;
    absl::Time since = absl::InfiniteFuture();  // of the oldest that is open or waited for
  };

  Lane& Find(LaneKey key);
  void Drop(Lane& lane);

  const std::uint64_t window_;
  std::map<LaneKey, Lane> lanes_;  // ordered: what a link does must be repeatable
  std::uint64_t open_bytes_ = 0;   // received and not returned
  std::uint64_t to_return_ = 0;    // returned and not told
};

}  // namespace molva::federation
