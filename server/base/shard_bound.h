// Finds, at once, a call from the wrong thread into an object that belongs to one shard.
#pragma once

#include <atomic>
#include <thread>

#include "base/check.h"

namespace molva::base {

// Remembers the first thread that calls Check() and aborts on any other.
//
// Cost: one relaxed load and a comparison.
class ShardBound {
 public:
  void Check() const {
    const std::thread::id self = std::this_thread::get_id();
    std::thread::id owner = owner_.load(std::memory_order_relaxed);
    if (owner == self) return;
    MOLVA_CHECK(owner == std::thread::id() && owner_.compare_exchange_strong(owner, self),
                "called from outside its shard");
  }

 private:
  mutable std::atomic<std::thread::id> owner_{};
};

}  // namespace molva::base
