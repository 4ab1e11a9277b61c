#include "session/rate_table.h"

#include <algorithm>

namespace molva::session {
namespace {

constexpr std::size_t kCells = std::size_t{1} << 16;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kBurst = 10 * kSecond;

// At least one microsecond each: a million per second is the most that can be told from no limit.
std::int64_t CostOf(int per_second) {
  return per_second <= 0 ? 0 : std::max<std::int64_t>(1, kSecond / per_second);
}

}  // namespace

RateTable::RateTable(int per_second)
    : cost_(CostOf(per_second)),
      cells_(std::make_unique<std::atomic<std::int64_t>[]>(2 * kCells)) {}

void RateTable::SetRate(int per_second) { cost_.store(CostOf(per_second), kRelaxed); }

std::atomic<std::int64_t>& RateTable::CellOf(std::uint64_t hash, int which) const {
  return which == 0 ? cells_[hash % kCells] : cells_[kCells + (hash >> 32) % kCells];
}

absl::Duration RateTable::WaitOf(std::uint64_t hash, absl::Time now) const {
  const std::int64_t cost = cost_.load(kRelaxed);
  if (cost == 0) return absl::ZeroDuration();
  const std::int64_t paid =
      std::min(CellOf(hash, 0).load(kRelaxed), CellOf(hash, 1).load(kRelaxed));
  const std::int64_t wait = paid + cost - kBurst - absl::ToUnixMicros(now);
  return absl::Microseconds(std::max<std::int64_t>(0, wait));
}

void RateTable::Charge(std::uint64_t hash, absl::Time now) {
  const std::int64_t cost = cost_.load(kRelaxed);
  if (cost == 0) return;
  const std::int64_t micros = absl::ToUnixMicros(now);
  for (const int which : {0, 1}) {
    std::atomic<std::int64_t>& cell = CellOf(hash, which);
    std::int64_t paid = cell.load(kRelaxed);
    while (!cell.compare_exchange_weak(paid, std::max(paid, micros) + cost, kRelaxed)) {
    }
  }
}

}  // namespace molva::session
