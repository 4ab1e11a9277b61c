// Where work that may block or burn CPU goes, so that shards never wait.
#pragma once

#include "runtime/shard.h"

namespace molva::runtime {

// Runs tasks outside the shards. BlockingPool uses threads; the simulator runs them in turn.
//
// Thread: any.
class WorkPool {
 public:
  virtual ~WorkPool() = default;
  // Takes `task`, or returns false at once when the queue is full: the caller then answers
  // "service unavailable". A task that was taken is run, or destroyed when the pool stops.
  [[nodiscard]] virtual bool Submit(Task task) = 0;
};

}  // namespace molva::runtime
