// Finds out, every few seconds, whether the store still takes writes: what readiness rests on.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include "app/memory_gate.h"
#include "runtime/mutex.h"
#include "runtime/shard.h"
#include "store/store.h"

namespace molva::app {

// Writes one small value at an interval and remembers how that went; samples the memory in passing.
//
// Thread:  Start before its shard runs or on it; LastResult from any. Must outlive the shard's run.
// Borrows: all of it.
class StoreProbe {
 public:
  StoreProbe(runtime::Shard& shard, store::Store& store, MemoryGauge& memory)
      : shard_(shard), store_(store), memory_(memory) {}

  void Start();
  // OK, or why the store could not write; unavailable before the first answer and when an answer is
  // overdue.
  absl::Status LastResult() const;

 private:
  void Beat();
  void Keep(absl::Status status);

  runtime::Shard& shard_;
  store::Store& store_;
  MemoryGauge& memory_;
  int beats_ = 0;
  mutable runtime::Mutex mutex_;
  absl::Status last_ ABSL_GUARDED_BY(mutex_) = absl::UnavailableError("not tried yet");
  absl::Time asked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool is_waiting_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace molva::app
