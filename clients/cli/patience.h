// How long the program puts up with a server that is asked too often.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace molva::cli {

// The refusal of what may be asked again in `seconds`; `text` is what the server says.
absl::Status TooOften(std::string_view text, std::int64_t seconds);

// For one request, which is made again after such a refusal, as nothing of it was done.
// Source: docs/protocol README ("429").
class Patience {
 public:
  // How long to wait before the request is made again; nullopt if `status` does not say to wait,
  // or for longer than is left of the patience.
  std::optional<absl::Duration> WaitAfter(const absl::Status& status);

 private:
  absl::Duration left_ = absl::Seconds(15);
};

}  // namespace molva::cli
