// What is counted of one peer, for metrics and for the operator.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace molva::federation {

enum class LinkState : std::uint8_t {
  kIdle,       // nothing to do
  kWaiting,    // for the next try
  kSearching,  // for the peer's keys and addresses
  kDialling,
  kGreeting,  // connected; Hello and Resume are under way
  kUp,
};
// "idle", "waiting", "searching", "dialling", "greeting", "up".
std::string_view NameOf(LinkState state);

struct Traffic {
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  std::uint64_t batches = 0;
  std::uint64_t items = 0;
  std::uint64_t statuses = 0;
  std::uint64_t notes = 0;
};

// A plain value. What is counted starts when this node first has to do with the peer, and again
// after the peer has been forgotten.
struct PeerStats {
  std::string domain;
  LinkState state = LinkState::kIdle;
  std::string endpoint;  // what was dialled; empty if the peer has dialled
  absl::Time since;      // of the state
  absl::Time last_heard = absl::InfinitePast();
  absl::Time next_try = absl::InfiniteFuture();
  Traffic in;
  Traffic out;
  std::int64_t pending = 0;  // entries that the peer has not acknowledged
  bool over_quota = false;   // federation.max_pending proposals or more wait
  std::uint64_t links = 0;   // how often a link came up
  std::uint64_t dial_failures = 0;
  std::map<std::string, std::uint64_t> refused;     // what we did not take, by word
  std::map<std::string, std::uint64_t> refused_us;  // what the peer did not take, by word
  std::map<std::string, std::uint64_t> byes;        // links ended by either side, by word
  std::uint64_t notes_dropped = 0;
  std::uint64_t throttled = 0;  // calls, notes and statuses over the peer's rate
  absl::Duration round_trip;
  std::string last_error;
};

}  // namespace molva::federation
