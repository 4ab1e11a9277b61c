// Times as the protocol's numbers have them: milliseconds since 1970, to the nearest.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>

namespace molva::wire {

inline std::int64_t Millis(absl::Time time) {
  return absl::ToUnixMillis(time + absl::Microseconds(500));
}
// 0 for a time that is not known.
inline std::int64_t Millis(const std::optional<absl::Time>& time) {
  return time.has_value() ? Millis(*time) : 0;
}

}  // namespace molva::wire
