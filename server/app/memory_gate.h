// Refuses new sessions while the process uses more memory than it may.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "session/connection.h"

namespace molva::app {

// What the process uses, as last sampled. Any thread.
class MemoryGauge {
 public:
  explicit MemoryGauge(std::int64_t ceiling_bytes) : ceiling_bytes_(ceiling_bytes) {}

  // Reads the resident size from the kernel.
  void Sample();
  std::int64_t resident_bytes() const { return resident_bytes_.load(std::memory_order_relaxed); }
  bool is_over() const { return resident_bytes() > ceiling_bytes_; }

 private:
  const std::int64_t ceiling_bytes_;
  std::atomic<std::int64_t> resident_bytes_{0};
};

// Stands before the sessions of one shard. Those that exist stay.
//
// Thread: confined to its shard. Borrows: both.
class MemoryGate final : public session::ConnectionAcceptor {
 public:
  MemoryGate(const MemoryGauge& gauge, session::ConnectionAcceptor& next)
      : gauge_(gauge), next_(next) {}

  std::unique_ptr<session::ConnectionHandler> Accept(session::Connection& connection,
                                                     session::ConnectionInfo info) override {
    if (gauge_.is_over()) return nullptr;
    return next_.Accept(connection, std::move(info));
  }

 private:
  const MemoryGauge& gauge_;
  session::ConnectionAcceptor& next_;
};

}  // namespace molva::app
