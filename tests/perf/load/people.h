// Brings the crowd into the state that a workload starts from: accounts, logins, memberships.
#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/perf/load/crowd.h"

namespace molva::perf {

// The text of the string field `name` of a packet, empty without it; the number of `code`, 0
// without it. For packets whose strings hold no escapes.
std::string_view FieldOf(std::string_view packet, std::string_view name);
int CodeOf(std::string_view packet);

// A range of peers.
struct Range {
  std::size_t first = 0;
  std::size_t last = 0;  // one behind
};

// Sends each peer of `range` what `make` says, a request with the id "s", a bounded number at a
// time, and waits for all answers. `on_answer`, unless empty, gets each ctrl.
// Errors: kFailedPrecondition for an answer of 300 or more, and the crowd's own.
using MakeRequest = std::function<std::string(std::size_t peer)>;
using OnAnswer = std::function<void(std::size_t peer, std::string_view ctrl)>;
absl::Status AskEach(Crowd& crowd, Range range, const MakeRequest& make,
                     const OnAnswer& on_answer = {});

// hi from each of `range`.
absl::Status SayHi(Crowd& crowd, Range range);
// hi and a new anonymous account for each of `range`; users[peer] is its id. Whoever writes to it
// may: the account's default access is open to the anonymous, too.
absl::Status MakePeople(Crowd& crowd, Range range, std::vector<std::string>& users);
// peer 0 makes a group and all others join it; returns the group's name.
absl::StatusOr<std::string> MakeGroup(Crowd& crowd, std::size_t members);

}  // namespace molva::perf
