// A virtual clock and single-threaded shards: everything that happens, happens in an order that a
// seed decides and repeats.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "runtime/shard.h"
#include "runtime/work_pool.h"

namespace molva::test {

// The time of a simulated world; stands still but for Set.
class SimClock final : public base::Clock {
 public:
  absl::Time Now() const override { return now_; }
  void Set(absl::Time now) { now_ = now; }

 private:
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
};

// Random bits from a seed. Not for keys.
class SeededRandom final : public base::Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void Fill(void* out, std::size_t size_bytes) override;
  std::uint64_t Below(std::uint64_t bound) { return engine_() % bound; }

 private:
  std::mt19937_64 engine_;
};

class SimWorld;

// A shard whose mailbox the world empties, one task at a time.
class SimShard final : public runtime::Shard {
 public:
  SimShard(SimWorld& world, int index) : world_(world), index_(index) {}

  int index() const override { return index_; }
  void Post(runtime::Task task) override { mailbox_.push_back(std::move(task)); }
  runtime::TimerId StartTimer(absl::Duration delay, runtime::Task task) override;
  void CancelTimer(runtime::TimerId timer) override;
  const base::Clock& clock() const override;
  base::Random& random() override;

  bool has_work() const { return !mailbox_.empty(); }
  void RunOne();

 private:
  SimWorld& world_;
  int index_;
  std::deque<runtime::Task> mailbox_;
};

// Runs shards in an order drawn from the seed and moves the clock when nobody has work.
//
// Thread: one, all of it.
class SimWorld final : public runtime::WorkPool {
 public:
  explicit SimWorld(std::uint64_t seed) : random_(seed) {}
  ~SimWorld() override;

  // A shard with the given number within its node.
  SimShard& AddShard(int index);
  SimClock& clock() { return clock_; }
  SeededRandom& random() { return random_; }

  // Runs what is due now; the clock stands still. Aborts after a million tasks: an endless loop.
  void Settle();
  // Settles, then moves the clock by `span`, running each timer at its time.
  void Advance(absl::Duration span);

  // runtime::WorkPool: the work is done in turn with the shards.
  bool Submit(runtime::Task task) override;

 private:
  friend class SimShard;

  SimClock clock_;
  SeededRandom random_;
  std::vector<std::unique_ptr<SimShard>> shards_;
  std::deque<runtime::Task> work_;
  std::uint64_t next_timer_ = 1;
  // By time, then by number: two timers of one moment fire in the order they were set.
  std::map<std::pair<absl::Time, std::uint64_t>, std::pair<SimShard*, runtime::Task>> timers_;
};

}  // namespace molva::test
