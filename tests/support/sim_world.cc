#include "tests/support/sim_world.h"

#include <cstring>

#include "base/check.h"

namespace molva::test {

void SeededRandom::Fill(void* out, std::size_t size_bytes) {
  auto* at = static_cast<unsigned char*>(out);
  while (size_bytes > 0) {
    const std::uint64_t bits = engine_();
    const std::size_t take = std::min(size_bytes, sizeof bits);
    std::memcpy(at, &bits, take);
    at += take;
    size_bytes -= take;
  }
}

SimShard::SimShard(SimWorld& world, int index, absl::Duration skew)
    : world_(world), index_(index), clock_(world.clock(), skew) {}

void SimShard::Post(runtime::Task task) {
  if (!is_halted_) mailbox_.push_back(std::move(task));
}

runtime::TimerId SimShard::StartTimer(absl::Duration delay, runtime::Task task) {
  const std::uint64_t id = world_.next_timer_++;
  if (is_halted_) return static_cast<runtime::TimerId>(id);
  const absl::Time when = world_.clock_.Now() + delay;
  world_.timer_times_.emplace(id, when);
  world_.timers_.emplace(std::pair(when, id), std::pair(this, std::move(task)));
  return static_cast<runtime::TimerId>(id);
}

void SimShard::CancelTimer(runtime::TimerId timer) {
  const auto id = static_cast<std::uint64_t>(timer);
  const auto at = world_.timer_times_.find(id);
  if (at == world_.timer_times_.end()) return;
  // What the task holds may cancel timers too when it goes.
  const auto cancelled = world_.timers_.extract({at->second, id});
  world_.timer_times_.erase(at);
}

void SimShard::Halt() {
  is_halted_ = true;
  // Destroyed at the end, when nothing here is in the middle of a change any more.
  const std::deque<runtime::Task> unrun = std::exchange(mailbox_, {});
  std::vector<runtime::Task> unfired;
  for (auto at = world_.timers_.begin(); at != world_.timers_.end();) {
    if (at->second.first != this) {
      ++at;
      continue;
    }
    unfired.push_back(std::move(at->second.second));
    world_.timer_times_.erase(at->first.second);
    at = world_.timers_.erase(at);
  }
}

base::Random& SimShard::random() { return world_.random_; }

void SimShard::RunOne() {
  runtime::Task task = std::move(mailbox_.front());
  mailbox_.pop_front();
  task();
}

SimWorld::~SimWorld() = default;

SimShard& SimWorld::AddShard(int index, absl::Duration skew) {
  shards_.push_back(std::make_unique<SimShard>(*this, index, skew));
  return *shards_.back();
}

bool SimWorld::Submit(runtime::Task task) {
  work_.push_back(std::move(task));
  return true;
}

void SimWorld::Settle() {
  for (int steps = 0; steps < 1'000'000; ++steps) {
    std::vector<SimShard*> ready;
    for (const auto& shard : shards_) {
      if (shard->has_work()) ready.push_back(shard.get());
    }
    if (ready.empty() && work_.empty()) return;
    const std::uint64_t pick = random_.Below(ready.size() + (work_.empty() ? 0 : 1));
    if (pick < ready.size()) {
      ready[pick]->RunOne();
    } else {
      runtime::Task task = std::move(work_.front());
      work_.pop_front();
      task();
    }
  }
  MOLVA_CHECK(false, "the simulated world does not come to rest");
}

void SimWorld::Advance(absl::Duration span) {
  const absl::Time end = clock_.Now() + span;
  Settle();
  while (!timers_.empty() && timers_.begin()->first.first <= end) {
    auto timer = timers_.extract(timers_.begin());
    timer_times_.erase(timer.key().second);
    clock_.Set(std::max(clock_.Now(), timer.key().first));
    timer.mapped().first->Post(std::move(timer.mapped().second));
    Settle();
  }
  clock_.Set(end);
}

}  // namespace molva::test
