// What other threads have asked a shard to do and the shard has not yet done.
#pragma once

#include <vector>

#include "runtime/mutex.h"
#include "runtime/shard.h"

namespace molva::runtime {

// A queue of tasks from many threads to one, emptied a batch at a time.
//
// It has no limit of its own, since Shard::Post cannot refuse: each producer bounds what it has in
// flight (requests per session, batches per store, packets per queue).
//
// Thread: Put from anywhere; the rest on the shard's thread.
class Mailbox {
 public:
  // Whether the producer must wake the shard.
  enum class Wake { kNotNeeded, kNeeded };
  enum class State { kHasMail, kAsleep };

  // Adds `task`. Once the mailbox is closed, destroys it instead.
  Wake Put(Task task);
  // Moves all tasks into `batch`, which must be empty: its memory is used for the next ones.
  void Take(std::vector<Task>& batch);
  // Declares the shard asleep unless there is mail: exactly one later Put answers kNeeded.
  State FallAsleep();
  // From now on Put refuses. The tasks still here are destroyed.
  void Close();

 private:
  Mutex mutex_;
  std::vector<Task> tasks_ ABSL_GUARDED_BY(mutex_);
  bool asleep_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace molva::runtime
