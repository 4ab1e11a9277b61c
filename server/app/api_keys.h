// Which API keys of clients are good.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace molva::app {

// The keys that are accepted as they stand, and those made with the node's own salt.
//
// Shape:  32 characters of base64url for 24 bytes: 1, five zeros or a sequence number, a flag, and
//         HMAC-MD5(salt, first 8 bytes).
// Thread: any; immutable.
// Source: docs/protocol behaviour §15.
class ApiKeys {
 public:
  // Errors: kInvalidArgument if the salt is not base64.
  static absl::StatusOr<ApiKeys> FromConfig(const config::Config& config);

  // Takes the same time for every key of the right length.
  bool IsGood(std::string_view key) const;

 private:
  bool is_required_ = true;
  std::vector<std::string> accepted_;
  std::string salt_;  // raw bytes; empty: none
};

}  // namespace molva::app
