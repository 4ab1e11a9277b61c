// Times as people write them on a command line.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>

namespace molva::cli {

// Both ends belong to it; in seconds.
struct SecondsRange {
  std::int64_t low;
  std::int64_t high;
};

// How long a message may be made to stay. Source: docs/protocol beyond §3.
inline constexpr SecondsRange kStay = {1, 31'622'400};
// How old the messages of a chat may be made to get. Source: docs/protocol beyond §9.
inline constexpr SecondsRange kAge = {60, 316'224'000};

// Seconds from "90", "90s", "30m", "12h" or "7d".
// Errors: kInvalidArgument for anything else, nothing, or what is not in `range`.
absl::StatusOr<std::int64_t> ParseSeconds(const std::string& text, SecondsRange range);
// The other way round, in the largest unit that leaves no rest.
std::string SecondsText(std::int64_t seconds);

}  // namespace molva::cli
