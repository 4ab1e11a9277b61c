// A shard: one thread with a mailbox and timers. What belongs to a shard is touched only there.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/time/time.h>

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/random.h"

namespace molva::runtime {

using Task = absl::AnyInvocable<void()>;

// Names a running timer; zero names none.
enum class TimerId : std::uint64_t { kNone = 0 };

// The scheduler that everything in the core runs on: AsioShard in the server, SimShard in the
// simulator and in tests.
//
// Thread: Post from anywhere; everything else on the shard's own thread.
class Shard {
 public:
  virtual ~Shard() = default;

  virtual int index() const = 0;
  // Runs `task` on this shard, after all that the same thread posted here before. Never runs it
  // inside the call. Tasks posted after the shard stopped are destroyed unrun.
  virtual void Post(Task task) = 0;
  // Runs `task` here once, `delay` from now, unless cancelled first.
  virtual TimerId StartTimer(absl::Duration delay, Task task) = 0;
  // Does nothing for a timer that ran, was cancelled, or is kNone.
  virtual void CancelTimer(TimerId timer) = 0;
  virtual const base::Clock& clock() const = 0;
  virtual base::Random& random() = 0;

  absl::Time Now() const { return clock().Now(); }
};

// All shards of the process, in order of their index. Fixed once built; any thread may read it.
//
// Borrows: the shards.
class ShardSet {
 public:
  explicit ShardSet(std::vector<Shard*> shards) : shards_(std::move(shards)) {}
  int size() const { return static_cast<int>(shards_.size()); }
  Shard& at(int index) const { return *shards_[static_cast<std::size_t>(index)]; }
  // The shard that owns what hashes to `hash`.
  int IndexFor(std::uint64_t hash) const {
    return static_cast<int>(hash % static_cast<std::uint64_t>(shards_.size()));
  }

 private:
  std::vector<Shard*> shards_;
};

}  // namespace molva::runtime
