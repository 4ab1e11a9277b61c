// How often a peer may do something.
#pragma once

#include <absl/time/time.h>

#include <algorithm>

namespace molva::federation {

// Fills at `per_second` up to `burst`. Thread: confined to the actor's shard.
class TokenBucket {
 public:
  TokenBucket(double per_second, double burst)
      : per_second_(per_second), burst_(burst), tokens_(burst) {}

  // Takes a token; false if there is none.
  [[nodiscard]] bool Take(absl::Time now) {
    if (now > filled_) {
      tokens_ = std::min(burst_, tokens_ + absl::ToDoubleSeconds(now - filled_) * per_second_);
      filled_ = now;
    }
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  const double per_second_;
  const double burst_;
  double tokens_;
  absl::Time filled_ = absl::InfinitePast();
};

}  // namespace molva::federation
