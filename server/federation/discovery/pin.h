// Pins: what is remembered of another server across restarts, as the store keeps it.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "federation/discovery/peer_identity.h"

namespace molva::federation {

// The store's key of the value.
std::string PinKey(std::string_view domain);

// Text form: JSON.
std::string PrintPin(const PeerIdentity& identity);
// Errors: kInvalidArgument. What cannot be read must not count as absent: the next best answer
//         would be believed.
absl::StatusOr<PeerIdentity> ParsePin(std::string_view domain, std::string_view text);

}  // namespace molva::federation
