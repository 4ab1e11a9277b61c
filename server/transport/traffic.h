// What the transports count, for the metrics page.
#pragma once

#include <atomic>
#include <cstdint>

namespace molva::transport {

// Totals since the start, but for the live ones.
struct Traffic {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_live = 0;
  std::uint64_t sessions_opened = 0;
  std::uint64_t sessions_live = 0;
  std::uint64_t polling_sessions_live = 0;  // of sessions_live, those by long poll
  std::uint64_t messages_in = 0;
  std::uint64_t frames_out = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t frames_dropped = 0;  // ephemeral, over the soft limit
  std::uint64_t overflows = 0;
  std::uint64_t accept_errors = 0;
  std::uint64_t queued_bytes = 0;
};

// A number with one writer and any readers.
//
// Thread: Add and Set on the shard that owns it; value() anywhere. Cost: a plain addition.
class Counter {
 public:
  void Add(std::uint64_t amount) { Set(value() + amount); }
  void Subtract(std::uint64_t amount) { Set(value() - amount); }
  void Set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// What one shard has counted; the names are those of Traffic.
struct LoopCounters {
  Counter connections_accepted, connections_live, sessions_opened, sessions_live,
      polling_sessions_live, messages_in, frames_out, bytes_in, bytes_out, frames_dropped,
      overflows, accept_errors, queued_bytes;

  void AddTo(Traffic& total) const;
};

}  // namespace molva::transport
