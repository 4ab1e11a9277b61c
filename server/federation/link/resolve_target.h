// Where to connect for an endpoint. Private to server/federation/link.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "federation/discovery/address_rules.h"

namespace molva::federation {

// The addresses of `endpoint` ("host:port") that the rule allows, as a target for gRPC, which then
// resolves nothing more: "ipv4:192.0.2.1:16061,192.0.2.2:16061". IPv6 is used if there is no IPv4.
// Blocks while names are looked up; any thread.
// Errors: kInvalidArgument: no endpoint. kUnavailable: no such name, or none of its addresses is
//         allowed.
absl::StatusOr<std::string> ResolveTarget(std::string_view endpoint, AddressRule rule);

}  // namespace molva::federation
