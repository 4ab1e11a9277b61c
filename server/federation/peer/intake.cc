#include "federation/peer/intake.h"

#include <algorithm>
#include <utility>

namespace molva::federation {

void Intake::Restart() {
  for (auto& [key, lane] : lanes_) {
    lane.open.clear();
    lane.waits_for = 0;
    lane.since = absl::InfiniteFuture();
  }
  open_bytes_ = 0;
  to_return_ = 0;
}

bool Intake::Admit(std::uint64_t bytes) {
  open_bytes_ += bytes;
  return open_bytes_ + to_return_ <= 2 * window_;
}

Intake::Lane& Intake::Find(LaneKey key) {
  if (lanes_.size() >= kMaxLanes && !lanes_.contains(key)) {
    std::erase_if(lanes_, [](const auto& entry) {
      return entry.second.open.empty() && entry.second.waits_for == 0;
    });
  }
  return lanes_[key];
}

bool Intake::Open(LaneKey key, std::int64_t n, std::uint64_t bytes, absl::Time now) {
  Lane& lane = Find(key);
  if (lane.waits_for != 0) {
    if (n > lane.waits_for) {
      Return(bytes);
      return false;
    }
    if (n == lane.waits_for) lane.waits_for = 0;
  }
  if (lane.open.empty()) lane.since = now;
  lane.open.push_back({n, bytes});
  return true;
}

bool Intake::IsPast(LaneKey key, std::int64_t n) const {
  const auto at = lanes_.find(key);
  return at != lanes_.end() && at->second.waits_for != 0 && n >= at->second.waits_for;
}

void Intake::Return(std::uint64_t bytes) {
  bytes = std::min(bytes, open_bytes_);
  open_bytes_ -= bytes;
  to_return_ += bytes;
}

void Intake::Drop(Lane& lane) {
  for (const Item& item : lane.open) Return(item.bytes);
  lane.open.clear();
}

void Intake::Settle(LaneKey key, std::int64_t through) {
  Lane& lane = Find(key);
  lane.taken = through;
  std::erase_if(lane.open, [&](const Item& item) {
    if (item.n > through) return false;
    Return(item.bytes);
    return true;
  });
  if (lane.open.empty() && lane.waits_for == 0) lane.since = absl::InfiniteFuture();
}

void Intake::ForgetProgress(LaneKey key) {
  if (const auto at = lanes_.find(key); at != lanes_.end()) at->second.taken = 0;
}

void Intake::WaitFor(LaneKey key, std::int64_t n, absl::Time now) {
  Lane& lane = Find(key);
  Drop(lane);
  // What the topic counts as taken may not be on disk yet.
  lane.taken = std::min(lane.taken, n - 1);
  lane.waits_for = n;
  lane.since = now;
}

std::vector<std::pair<LaneKey, std::int64_t>> Intake::TakeStale(absl::Time before) {
  std::vector<std::pair<LaneKey, std::int64_t>> stale;
  for (auto& [key, lane] : lanes_) {
    if (lane.since > before) continue;
    std::int64_t got = lane.taken;
    if (lane.waits_for != 0) {
      got = lane.waits_for - 1;
    } else if (!lane.open.empty()) {
      got = lane.open.front().n - 1;
    }
    stale.emplace_back(key, got);
    Drop(lane);
    lane.waits_for = 0;
    lane.since = absl::InfiniteFuture();
  }
  return stale;
}

std::uint64_t Intake::TakeCredit() {
  if (to_return_ < window_ / 8) return 0;
  return std::exchange(to_return_, 0);
}

std::vector<std::pair<LaneKey, std::int64_t>> Intake::Progress() const {
  std::vector<std::pair<LaneKey, std::int64_t>> progress;
  for (const auto& [key, lane] : lanes_) {
    if (lane.taken > 0) progress.emplace_back(key, lane.taken);
  }
  return progress;
}

}  // namespace molva::federation
