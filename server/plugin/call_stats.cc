#include "plugin/call_stats.h"

#include <algorithm>

namespace molva::plugin {

CallOutcome OutcomeOf(molva_code code) {
  switch (code) {
    case MOLVA_OK:
      return CallOutcome::kOk;
    case MOLVA_ABORTED:
    case MOLVA_ALREADY_EXISTS:
    case MOLVA_NOT_FOUND:
    case MOLVA_MALFORMED:
    case MOLVA_POLICY:
    case MOLVA_DENIED:
    case MOLVA_UNSUPPORTED:
      return CallOutcome::kRefused;
    default:
      return CallOutcome::kFailed;
  }
}

void CallStats::Count(std::size_t call, CallOutcome outcome, Clock::duration took) {
  Call& sums = calls_[call < calls_.size() ? call : 0];
  const double seconds = std::chrono::duration<double>(took).count();
  const auto bucket = std::lower_bound(kBounds.begin(), kBounds.end(), seconds) - kBounds.begin();
  sums.buckets[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sums.outcomes[static_cast<std::size_t>(outcome)].fetch_add(1, std::memory_order_relaxed);
  sums.nanoseconds.fetch_add(std::chrono::duration_cast<std::chrono::nanoseconds>(took).count(),
                             std::memory_order_relaxed);
}

std::vector<CallStats::Sum> CallStats::Read() const {
  constexpr double kNanosecondsPerSecond = 1e9;
  std::vector<Sum> sums;
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    const Call& call = calls_[i];
    Sum sum;
    sum.call = names_[i];
    std::uint64_t below = 0;
    for (std::size_t b = 0; b < sum.below.size(); ++b) {
      below += call.buckets[b].load(std::memory_order_relaxed);
      sum.below[b] = below;
    }
    if (below == 0) continue;
    for (std::size_t o = 0; o < sum.outcomes.size(); ++o) {
      sum.outcomes[o] = call.outcomes[o].load(std::memory_order_relaxed);
    }
    sum.seconds = static_cast<double>(call.nanoseconds.load(std::memory_order_relaxed)) /
                  kNanosecondsPerSecond;
    sums.push_back(sum);
  }
  return sums;
}

}  // namespace molva::plugin
