#include "app/federation_options.h"

#include <fmt/core.h>

#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "base/strings.h"
#include "names/domain.h"

namespace molva::app {
namespace {

absl::StatusOr<std::vector<std::string>> Patterns(const config::Config& config,
                                                  std::string_view setting) {
  std::vector<std::string> patterns;
  for (const std::string& text : config.List(setting)) {
    absl::StatusOr<std::string> pattern = NormalisePattern(text);
    if (!pattern.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: {}", setting, base::ToStd(pattern.status().message())));
    }
    patterns.push_back(*std::move(pattern));
  }
  return patterns;
}

}  // namespace

bool HasFederation(const config::Config& config) {
  return !config.Text("federation.domain").empty();
}

absl::StatusOr<std::string> FederationDomain(const config::Config& config) {
  const std::string& text = config.Text("federation.domain");
  if (text.empty()) return text;
  std::optional<std::string> domain = names::NormaliseDomain(text);
  if (!domain.has_value()) {
    return absl::InvalidArgumentError(fmt::format("federation.domain: {} is no domain", text));
  }
  return *std::move(domain);
}

absl::StatusOr<federation::OwnFacts> FederationFacts(const config::Config& config) {
  federation::OwnFacts facts;
  MOLVA_ASSIGN_OR_RETURN(facts.domain, FederationDomain(config));
  facts.endpoints = config.List("federation.advertise");
  const std::string& address = config.Text("federation.listen");
  if (facts.endpoints.empty() && !address.empty()) {
    facts.endpoints = {fmt::format("{}:{}", facts.domain, address.substr(address.rfind(':') + 1))};
  }
  facts.software = "molva/" MOLVA_VERSION;
  facts.contact = config.Text("federation.contact");
  return facts;
}

federation::Options PeerOptions(const config::Config& config) {
  federation::Options options;
  options.software = "molva/" MOLVA_VERSION;
  options.heartbeat = config.Duration("federation.heartbeat");
  options.give_up_after = config.Duration("federation.give_up_after");
  options.give_up_check = std::min(options.give_up_check, options.give_up_after / 4);
  options.max_pending = config.Integer("federation.max_pending");
  return options;
}

federation::AddressRule AddressRuleOf(const config::Config& config) {
  return config.Bool("federation.allow_private_addresses") ? federation::AddressRule::kAnywhere
                                                           : federation::AddressRule::kPublicOnly;
}

federation::WellKnownOptions WellKnownOptionsOf(const config::Config& config) {
  federation::WellKnownOptions options;
  options.addresses = AddressRuleOf(config);
  options.ca_file = config.Text("federation.ca_file");
  return options;
}

federation::DnsOptions DnsOptionsOf(const config::Config& config) {
  federation::DnsOptions options;
  options.resolver = config.Text("federation.resolver");
  options.trust_anchor = config.Text("federation.trust_anchor");
  options.addresses = AddressRuleOf(config);
  return options;
}

bool AsksDns(const config::Config& config) { return config.Text("federation.resolver") != "off"; }

absl::StatusOr<std::string> NormalisePattern(std::string_view text) {
  if (text == "*") return std::string(text);
  const bool below = text.starts_with("*.");
  const std::optional<std::string> domain = names::NormaliseDomain(text.substr(below ? 2 : 0));
  if (!domain.has_value()) {
    return absl::InvalidArgumentError(fmt::format("{} is neither a domain nor *.domain", text));
  }
  return below ? "*." + *domain : *domain;
}

absl::StatusOr<federation::DomainRules> ConfiguredRules(const config::Config& config) {
  federation::DomainRules rules;
  MOLVA_ASSIGN_OR_RETURN(rules.allow, Patterns(config, "federation.allow"));
  MOLVA_ASSIGN_OR_RETURN(rules.deny, Patterns(config, "federation.deny"));
  MOLVA_ASSIGN_OR_RETURN(rules.no_presence, Patterns(config, "federation.no_presence_for"));
  return rules;
}

absl::StatusOr<std::vector<federation::StaticPeer>> ConfiguredPeers(const config::Config& config) {
  return federation::ParseStaticPeers(config.List("federation.peers"));
}

}  // namespace molva::app
