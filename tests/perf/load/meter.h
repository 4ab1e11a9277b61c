// What a measurement is made of: the server's CPU time and memory, and how long things took.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>

#include "tests/perf/load/workload.h"

namespace molva::perf {

// CPU time that the threads of process `pid` have used, user and system, in seconds: what
// /proc/<pid>/stat says, without its rounding to clock ticks. Zero for a process that is not there.
double CpuSeconds(pid_t pid);
// Of the server and its database.
double CpuSeconds(const Target& target);

// Resident memory of process `pid`; zero for a process that is not there.
std::int64_t ResidentBytes(pid_t pid);

// Durations, counted in classes 3 % wide.
class Durations {
 public:
  void Add(std::int64_t nanos);
  void Clear();
  std::uint64_t count() const { return count_; }
  // The duration that `share` (0 … 1) of all are not above, in milliseconds; 0 without any.
  double QuantileMillis(double share) const;

 private:
  static constexpr int kClassesPerDoubling = 32;

  std::array<std::uint64_t, 64 * kClassesPerDoubling> classes_{};
  std::uint64_t count_ = 0;
};

}  // namespace molva::perf
