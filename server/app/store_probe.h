// Finds out whether the store still takes writes: what readiness rests on.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <utility>

#include "app/memory_gate.h"
#include "plugin/store_adapter.h"
#include "runtime/mutex.h"
#include "runtime/shard.h"
#include "store/store.h"

namespace molva::app {

// Writes one small value at an interval and remembers how that went. As a full disk may have room
// for that one yet, looks at the node's own writes too: those of the last second that had any.
// Samples the memory in passing.
//
// Thread:  Start before its shard runs or on it; LastResult from any. Must outlive the shard's run.
// Borrows: all of it.
class StoreProbe {
 public:
  using Counts = plugin::StorePlugin::WriteCounts;
  // `count` tells of the writes since the start.
  StoreProbe(runtime::Shard& shard, store::Store& store, std::function<Counts()> count,
             MemoryGauge& memory)
      : shard_(shard), store_(store), count_(std::move(count)), memory_(memory) {}

  void Start();
  // OK, or why the store could not write; unavailable before the first answer, when an answer is
  // overdue, and while more writes fail than succeed.
  absl::Status LastResult() const;

 private:
  void Beat();
  void LookAtWrites();
  void Keep(absl::Status status);

  runtime::Shard& shard_;
  store::Store& store_;
  const std::function<Counts()> count_;
  MemoryGauge& memory_;
  std::size_t beats_ = 0;
  Counts former_;
  mutable runtime::Mutex mutex_;
  absl::Status last_ ABSL_GUARDED_BY(mutex_) = absl::UnavailableError("not tried yet");
  absl::Time asked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool is_waiting_ ABSL_GUARDED_BY(mutex_) = false;
  std::uint64_t failing_ ABSL_GUARDED_BY(mutex_) = 0;  // writes of a second, if most failed
};

}  // namespace molva::app
