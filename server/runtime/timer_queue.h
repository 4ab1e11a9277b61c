// The timers of one shard, in the order in which they fall due.
#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/flat_hash_map.h>

#include <chrono>
#include <optional>
#include <utility>

#include "runtime/shard.h"

namespace molva::runtime {

// Keeps tasks until their time. It does not tell the time: the caller does.
//
// Thread: confined to the shard. Cost: O(log n) to add and to cancel.
class TimerQueue {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  TimerId Add(Instant due, Task task);
  void Cancel(TimerId timer);
  // Takes out the first task that is due at `now`; tasks of one instant come in order of Add.
  std::optional<Task> TakeDue(Instant now);
  // When the next task falls due; nullopt without timers.
  std::optional<Instant> NextDue() const;
  void Clear();

 private:
  using Key = std::pair<Instant, std::uint64_t>;

  std::uint64_t last_id_ = 0;
  absl::btree_map<Key, Task> tasks_;
  absl::flat_hash_map<std::uint64_t, Instant> due_by_id_;
};

}  // namespace molva::runtime
