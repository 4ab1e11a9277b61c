#include "clients/cli/patience.h"

#include <absl/strings/cord.h>
#include <absl/strings/numbers.h>
#include <fmt/core.h>

#include <algorithm>
#include <string>

namespace molva::cli {
namespace {

constexpr char kWaitPayload[] = "molva/retry-after";  // seconds
// Whoever says "at once" is not asked without end.
constexpr absl::Duration kShortestWait = absl::Seconds(1);

}  // namespace

absl::Status TooOften(std::string_view text, std::int64_t seconds) {
  absl::Status status = absl::ResourceExhaustedError(
      fmt::format("{}; try again in {} second{}", text, seconds, seconds == 1 ? "" : "s"));
  // Not from a string: clang and the library's compiler name that constructor differently.
  const std::string wait = std::to_string(seconds);
  status.SetPayload(kWaitPayload, absl::Cord(absl::string_view(wait.data(), wait.size())));
  return status;
}

std::optional<absl::Duration> Patience::WaitAfter(const absl::Status& status) {
  const auto payload = status.GetPayload(kWaitPayload);
  std::int64_t seconds = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &seconds)) {
    return std::nullopt;
  }
  const absl::Duration wait = std::max(absl::Seconds(seconds), kShortestWait);
  if (wait > left_) return std::nullopt;
  left_ -= wait;
  return wait;
}

}  // namespace molva::cli
