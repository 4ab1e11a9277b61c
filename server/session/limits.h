// Bounds of sessions. Set from the configuration.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>

namespace molva::session {

struct Limits {
  std::size_t max_sessions_per_shard = 50'000;
  // Requests that wait behind a sub, leave or login before reading pauses, and before the
  // connection is closed as a flood.
  std::size_t waiting_soft = 32;
  std::size_t waiting_hard = 1'024;
  // How long a session that begins in the background stays there.
  absl::Duration background_delay = absl::Seconds(5);
  // Requests per second and session, with bursts of twice as many; beyond it reading pauses, so
  // nothing is lost. Zero: no limit.
  int requests_per_second = 5'000;
  // Whether people may end their own accounts.
  enum class Accounts : std::uint8_t { kMayEnd, kPermanent } accounts = Accounts::kMayEnd;
};

}  // namespace molva::session
