// When what did not answer is tried again.
#pragma once

#include <absl/time/time.h>

#include <algorithm>
#include <cstdint>

#include "base/random.h"

namespace molva::base {

// Full jitter: between nothing and a ceiling that doubles with each failure.
class RetrySchedule {
 public:
  RetrySchedule(absl::Duration first, absl::Duration longest) : first_(first), longest_(longest) {}

  void Reset() { failures_ = 0; }
  // Who is tried is itself at fault: the ceiling is at least half a minute's.
  void Punish() { failures_ = std::max(failures_, 5); }
  // Nothing is wanted of it soon: the ceiling is the longest.
  void GiveTime() { failures_ = kMost; }
  absl::Duration Next(Random& random) {
    const absl::Duration ceiling =
        failures_ >= kMost ? longest_ : std::min(longest_, first_ * (1LL << failures_));
    failures_ = std::min(failures_ + 1, kMost);
    constexpr std::uint64_t kSteps = 1'000'000;
    return ceiling * (static_cast<double>(random.Next64() % kSteps) / kSteps);
  }

 private:
  static constexpr int kMost = 30;

  const absl::Duration first_;
  const absl::Duration longest_;
  int failures_ = 0;
};

}  // namespace molva::base
