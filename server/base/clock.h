// The wall clock as a port, so that tests and the simulator can own time.
#pragma once

#include <absl/time/clock.h>
#include <absl/time/time.h>

namespace molva::base {

// Tells the time. Any thread may ask.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The system's clock.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace molva::base
