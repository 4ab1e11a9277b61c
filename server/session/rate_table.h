// How often things with a name may happen: a bucket for each name, in a table of fixed size.
#pragma once

#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <memory>

namespace molva::session {

// Lets so many things per second happen under each name, and ten seconds' worth of them at once.
//
// A fixed table of cells, two for each name: what one cell shares with strangers, the other need
// not; a name waits only if both say so. A name that was silent for ten seconds is as good as
// forgotten.
//
// Thread:  any; all shards share one. Two shards that ask for one name at the same moment may both
//          get its last place.
// Cost:    1 MiB, whoever attacks; two atomic words per thing, no lock.
class RateTable {
 public:
  explicit RateTable(int per_second);

  // Zero: everything may happen. Names owe from then on what they owed, at the new price for more.
  void SetRate(int per_second);
  // Zero if one more may happen under the name that hashes to `hash`; else how long it must wait.
  absl::Duration WaitOf(std::uint64_t hash, absl::Time now) const;
  // It happened.
  void Charge(std::uint64_t hash, absl::Time now);
  bool is_on() const { return cost_.load(kRelaxed) != 0; }

 private:
  static constexpr std::memory_order kRelaxed = std::memory_order_relaxed;

  std::atomic<std::int64_t>& CellOf(std::uint64_t hash, int which) const;

  std::atomic<std::int64_t> cost_;  // of one, in microseconds; zero: nothing is counted
  // The times, in microseconds, until when what has happened so far is paid off.
  std::unique_ptr<std::atomic<std::int64_t>[]> cells_;
};

}  // namespace molva::session
