// A virtual clock and single-threaded shards: everything that happens, happens in an order that a
// seed decides and repeats.
#pragma once

#include <absl/container/flat_hash_map.h>
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

// The world's time as a machine has it whose clock goes wrong by `skew`.
class SkewedClock final : public base::Clock {
 public:
  SkewedClock(const SimClock& clock, absl::Duration skew) : clock_(clock), skew_(skew) {}
  absl::Time Now() const override { return clock_.Now() + skew_; }

 private:
  const SimClock& clock_;
  const absl::Duration skew_;
};

// A shard whose mailbox the world empties, one task at a time.
class SimShard final : public runtime::Shard {
 public:
  SimShard(SimWorld& world, int index, absl::Duration skew);

  int index() const override { return index_; }
  void Post(runtime::Task task) override;
  runtime::TimerId StartTimer(absl::Duration delay, runtime::Task task) override;
  void CancelTimer(runtime::TimerId timer) override;
  const base::Clock& clock() const override { return clock_; }
  base::Random& random() override;

  bool has_work() const { return !mailbox_.empty(); }
  void RunOne();
  // Its process has died: what waits here is destroyed unrun, like all that comes.
  void Halt();

 private:
  SimWorld& world_;
  const int index_;
  const SkewedClock clock_;
  bool is_halted_ = false;
  std::deque<runtime::Task> mailbox_;
};

// Runs shards in an order drawn from the seed and moves the clock when nobody has work.
//
// Thread: one, all of it.
class SimWorld final : public runtime::WorkPool {
 public:
  explicit SimWorld(std::uint64_t seed) : random_(seed) {}
  ~SimWorld() override;

  // A shard with the given number within its node, whose clock is wrong by `skew`.
  SimShard& AddShard(int index, absl::Duration skew = absl::ZeroDuration());
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
  absl::flat_hash_map<std::uint64_t, absl::Time> timer_times_;  // of the running ones
};

}  // namespace molva::test
