// Times as clients write and read them, in packets and in parameters.
#pragma once

#include <absl/time/time.h>

#include <string>
#include <string_view>

namespace molva::base {

// Appends `time` in UTC, rounded to milliseconds, trailing zeros of the fraction trimmed:
// "2026-07-04T10:00:00Z", "2026-07-04T10:00:00.5Z". Source: docs/protocol messages §1.
void AppendTime(std::string& out, absl::Time time);

// Parses RFC 3339 with any offset. False for anything else.
[[nodiscard]] bool ParseTime(std::string_view text, absl::Time& time);

}  // namespace molva::base
