// Keeps calls away from a plugin that fails, and finds out when it is back.
#pragma once

#include <absl/time/time.h>

#include "base/random.h"
#include "base/retry_schedule.h"

namespace molva::base {

// A circuit breaker. Closed, every call goes out. After so many failures in a row it opens: no call
// goes out until a while has passed, at most twice as long each time (full jitter), and at least
// `least_wait`. Then one call goes out as a probe: its success closes, its failure opens again.
//
// Thread: one at a time.
// Borrows: `random`.
class Breaker {
 public:
  enum class State { kClosed, kOpen, kProbing };
  struct Options {
    int failures = 5;  // in a row
    absl::Duration first_wait = absl::Milliseconds(500);
    absl::Duration longest_wait = absl::Seconds(30);
    absl::Duration least_wait = absl::ZeroDuration();  // the same as the longest: no jitter
  };
  // kProbe: the one call that tells whether it is back.
  enum class Permit { kNo, kCall, kProbe };

  Breaker(const Options& options, Random& random)
      : failures_to_open_(options.failures),
        least_wait_(options.least_wait),
        random_(random),
        waits_(options.first_wait, options.longest_wait) {}

  // Whether a call may go out; its outcome must then be told.
  Permit Admit(absl::Time now);
  // A late success of an earlier call counts as well: it shows that the plugin lives.
  void OnSuccess();
  void OnFailure(absl::Time now);
  State state() const { return state_; }
  // While open: when the next call may go out.
  absl::Time retry_at() const { return retry_at_; }

 private:
  const int failures_to_open_;
  const absl::Duration least_wait_;
  Random& random_;
  RetrySchedule waits_;
  State state_ = State::kClosed;
  int failures_ = 0;
  absl::Time retry_at_;
};

}  // namespace molva::base
