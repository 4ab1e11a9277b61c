// Deadlines of many connections, cheap enough to have for every one of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "transport/intrusive_list.h"

namespace molva::transport {

// Milliseconds of the steady clock, as old as the last tick: fit for timeouts, not for measuring.
using CoarseMillis = std::int64_t;

struct DeadlineTag;

// What may wait for a deadline: at most one at a time.
class DeadlineItem : public ListLink<DeadlineTag> {
 public:
  virtual ~DeadlineItem() = default;
  // The deadline is reached, or a little over. Returns when to be called again.
  virtual CoarseMillis OnDeadline(CoarseMillis now) = 0;

 private:
  friend class DeadlineWheel;
  CoarseMillis due_ = 0;
};

// A ring of slots, one per tick. An item whose deadline moves later need not be touched: it is
// called, sees that it is too early, and returns the new deadline. Deadlines further off than the
// ring is long wait for several rounds.
//
// Thread: confined to one shard. Cost: two pointers per item; O(1) to schedule.
class DeadlineWheel {
 public:
  static constexpr CoarseMillis kTickMillis = 50;

  explicit DeadlineWheel(CoarseMillis now) : now_(now) {}

  // Calls `item` no later than one tick after `due`; an earlier deadline of it stays.
  void Schedule(DeadlineItem& item, CoarseMillis due);
  // Time is now `now`: calls what is due.
  void Advance(CoarseMillis now);
  CoarseMillis now() const { return now_; }

 private:
  static constexpr std::size_t kSlots = 2048;  // 102 s: longer than any timeout of a connection
  using Slot = IntrusiveList<DeadlineItem, DeadlineTag>;

  Slot& SlotFor(CoarseMillis due);
  void RunSlot(Slot& slot);

  CoarseMillis now_;
  std::array<Slot, kSlots> slots_;
};

}  // namespace molva::transport
