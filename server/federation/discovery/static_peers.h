// The servers that the operator names: text of the configuration → peers.
#pragma once

#include <absl/status/statusor.h>

#include <span>
#include <string>
#include <vector>

#include "federation/identity/keys.h"

namespace molva::federation {

// A peer that the operator named in federation.peers.
struct StaticPeer {
  std::string domain;
  std::vector<std::string> endpoints;
  std::vector<PublicKey> keys;
};

// Reads "domain=host:port#key" entries; those of one domain are put together.
// Errors: kInvalidArgument, with the entry.
absl::StatusOr<std::vector<StaticPeer>> ParseStaticPeers(std::span<const std::string> entries);

}  // namespace molva::federation
