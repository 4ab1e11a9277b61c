// Bounds of sessions. Set from the configuration.
#pragma once

#include <cstddef>

namespace molva::session {

struct Limits {
  std::size_t max_sessions_per_shard = 50'000;
  // Requests that wait behind a sub, leave or login before reading pauses, and before the
  // connection is closed as a flood.
  std::size_t waiting_soft = 32;
  std::size_t waiting_hard = 1'024;
  // Requests per second and session, with bursts of twice as many; beyond it reading pauses, so
  // nothing is lost. Zero: no limit.
  int requests_per_second = 5'000;
};

}  // namespace molva::session
