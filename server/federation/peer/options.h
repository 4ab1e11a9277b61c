// What the operator decides about links to other servers, and the bounds of one link.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace molva::federation {

// Set from the configuration; the defaults are those of federation.* there.
struct Options {
  std::string software = "molva";
  absl::Duration heartbeat = absl::Seconds(30);
  absl::Duration give_up_after = absl::Hours(24 * 7);
  absl::Duration give_up_check = absl::Hours(1);
  // Entries that wait for one peer. More are counted and shown; topics refuse what would be new.
  std::int64_t max_pending = 100'000;
  // How much of batches a peer may have under way to us.
  std::uint64_t credit_bytes = 4 << 20;

  absl::Duration first_retry = absl::Seconds(1);
  absl::Duration longest_retry = absl::Hours(1);
  absl::Duration greeting_timeout = absl::Seconds(15);
  absl::Duration call_timeout = absl::Seconds(5);
  // How old PeerStats may be.
  absl::Duration stats_interval = absl::Seconds(1);
  // How long a link is wanted after the last reason for it has gone.
  absl::Duration keep_trying = absl::Hours(1);
  // Before entries are asked for again of which the topic has not said what became of them, or that
  // hang on a third server that could not be found.
  absl::Duration topic_timeout = absl::Seconds(60);
};

}  // namespace molva::federation
