// How long to wait before trying again: longer each time, and never all at the same moment.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace molva::store_postgres {

// Full jitter: anything from nothing to a bound that doubles.
//
// Thread: one at a time.
class Backoff {
 public:
  std::chrono::milliseconds Next() {
    const std::chrono::milliseconds bound = bound_;
    bound_ = std::min(bound_ * 2, kMost);
    return std::chrono::milliseconds(
        std::uniform_int_distribution<std::int64_t>(0, bound.count())(random_));
  }

 private:
  static constexpr std::chrono::milliseconds kMost{5000};

  std::chrono::milliseconds bound_{100};
  std::minstd_rand random_{std::random_device()()};
};

}  // namespace molva::store_postgres
