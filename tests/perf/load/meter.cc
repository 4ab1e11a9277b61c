#include "tests/perf/load/meter.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>

namespace molva::perf {

double CpuSeconds(pid_t pid) {
  clockid_t clock;
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double CpuSeconds(const Target& target) {
  double seconds = CpuSeconds(target.pid);
  if (target.database == 0) return seconds;
  seconds += CpuSeconds(target.database);
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", target.database));
  for (pid_t child = 0; children >> child;) seconds += CpuSeconds(child);
  return seconds;
}

std::int64_t ResidentBytes(pid_t pid) {
  std::ifstream statm(fmt::format("/proc/{}/statm", pid));
  std::int64_t total = 0;
  std::int64_t resident = 0;
  statm >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

void Durations::Add(std::int64_t nanos) {
  const double doublings = std::log2(static_cast<double>(std::max<std::int64_t>(nanos, 1)));
  const auto index = static_cast<std::size_t>(doublings * kClassesPerDoubling);
  ++classes_[std::min(index, classes_.size() - 1)];
  ++count_;
}

void Durations::Clear() {
  classes_.fill(0);
  count_ = 0;
}

double Durations::QuantileMillis(double share) const {
  const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    seen += classes_[i];
    if (classes_[i] > 0 && seen >= wanted) {
      return std::exp2(static_cast<double>(i + 1) / kClassesPerDoubling) / 1e6;
    }
  }
  return 0;
}

}  // namespace molva::perf
