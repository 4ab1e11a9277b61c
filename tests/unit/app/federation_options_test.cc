#include "app/federation_options.h"

#include <string>

#include "config/load.h"
#include "tests/support/catch.h"

namespace molva::app {
namespace {

config::Config ConfigWith(const std::vector<std::string>& settings) {
  config::Sources sources;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    sources.overrides.push_back({setting.substr(0, equals), setting.substr(equals + 1)});
  }
  const config::Loaded loaded = config::Load(config::NodeSettings(), sources);
  for (const config::Problem& problem : loaded.problems) FAIL(problem.ToString());
  return loaded.config;
}

TEST_CASE("without a domain a node does not federate", "[federation]") {
  CHECK_FALSE(HasFederation(ConfigWith({})));
  CHECK(HasFederation(ConfigWith({"federation.domain=a.example"})));
}

TEST_CASE("the domain has one spelling, and must be a domain", "[federation]") {
  CHECK(*FederationDomain(ConfigWith({"federation.domain=Chat.Example"})) == "chat.example");
  CHECK(absl::IsInvalidArgument(
      FederationDomain(ConfigWith({"federation.domain=no domain"})).status()));
  CHECK(absl::IsInvalidArgument(
      FederationDomain(ConfigWith({"federation.domain=192.0.2.1"})).status()));
}

TEST_CASE("a node publishes its domain and port unless told otherwise", "[federation]") {
  const std::string domain = "federation.domain=a.example";
  const auto endpoints = [&](const std::vector<std::string>& more) {
    std::vector<std::string> settings = more;
    settings.push_back(domain);
    return FederationFacts(ConfigWith(settings))->endpoints;
  };
  using List = std::vector<std::string>;
  CHECK(endpoints({"federation.listen=0.0.0.0:7000"}) == List{"a.example:7000"});
  CHECK(endpoints({"federation.listen="}).empty());
  CHECK(endpoints({"federation.advertise=one.example:1,two.example:2"}) ==
        List{"one.example:1", "two.example:2"});
}

TEST_CASE("patterns are domains, all below one, or all", "[federation]") {
  CHECK(*NormalisePattern("A.Example") == "a.example");
  CHECK(*NormalisePattern("*.A.Example") == "*.a.example");
  CHECK(*NormalisePattern("*") == "*");
  for (const char* bad : {"", "*.", "a*.example", "a.example:1", "*.*.example", "*a.example"}) {
    INFO(bad);
    CHECK(absl::IsInvalidArgument(NormalisePattern(bad).status()));
  }
}

TEST_CASE("a bad pattern is refused with the setting that has it", "[federation]") {
  const absl::Status status = ConfiguredRules(ConfigWith({"federation.deny=b@d"})).status();
  CHECK(absl::IsInvalidArgument(status));
  CHECK(status.ToString().find("federation.deny") != std::string::npos);
}

TEST_CASE("addresses that are not public are allowed by the operator alone", "[federation]") {
  CHECK(AddressRuleOf(ConfigWith({})) == federation::AddressRule::kPublicOnly);
  CHECK(AddressRuleOf(ConfigWith({"federation.allow_private_addresses=true"})) ==
        federation::AddressRule::kAnywhere);
}

}  // namespace
}  // namespace molva::app
