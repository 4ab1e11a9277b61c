// How fast one session may ask: a bucket of requests that refills with time.
#pragma once

#include <absl/time/time.h>

#include <algorithm>

namespace molva::session {

// A token bucket. A rate of zero lets everything through. Thread: confined to its owner's.
class RateGate {
 public:
  explicit RateGate(int per_second) : per_second_(per_second), tokens_(2.0 * per_second) {}

  // Takes one request in. Returns how long to wait before the next one; zero for no wait.
  absl::Duration Admit(absl::Time now) {
    if (per_second_ == 0) return absl::ZeroDuration();
    const double refill = absl::ToDoubleSeconds(now - last_) * per_second_;
    tokens_ = std::min(2.0 * per_second_, tokens_ + std::max(0.0, refill)) - 1.0;
    last_ = now;
    return tokens_ >= 0.0 ? absl::ZeroDuration() : absl::Seconds(-tokens_ / per_second_);
  }

 private:
  int per_second_;
  double tokens_;
  absl::Time last_ = absl::InfinitePast();
};

}  // namespace molva::session
