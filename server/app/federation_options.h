// Settings → the options of federation's modules.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "federation/discovery/address_rules.h"
#include "federation/discovery/dns.h"
#include "federation/discovery/static_peers.h"
#include "federation/discovery/well_known.h"
#include "federation/identity/own_identity.h"
#include "federation/peer/domain_rules.h"
#include "federation/peer/options.h"

namespace molva::app {

// Whether this node federates.
bool HasFederation(const config::Config& config);
// The node's domain in its one spelling; empty if it has none.
// Errors: kInvalidArgument for what is no domain.
absl::StatusOr<std::string> FederationDomain(const config::Config& config);
// What this node publishes of itself.
// Errors: those of FederationDomain.
absl::StatusOr<federation::OwnFacts> FederationFacts(const config::Config& config);

federation::Options PeerOptions(const config::Config& config);
federation::AddressRule AddressRuleOf(const config::Config& config);
federation::WellKnownOptions WellKnownOptionsOf(const config::Config& config);
federation::DnsOptions DnsOptionsOf(const config::Config& config);
bool AsksDns(const config::Config& config);

// A pattern of domains in its one spelling: a domain, "*.domain" or "*".
// Errors: kInvalidArgument, with the pattern.
absl::StatusOr<std::string> NormalisePattern(std::string_view text);
// federation.allow, deny and no_presence_for.
// Errors: kInvalidArgument, with the setting and the pattern.
absl::StatusOr<federation::DomainRules> ConfiguredRules(const config::Config& config);
// federation.peers. Errors: kInvalidArgument, with the entry.
absl::StatusOr<std::vector<federation::StaticPeer>> ConfiguredPeers(const config::Config& config);

}  // namespace molva::app
