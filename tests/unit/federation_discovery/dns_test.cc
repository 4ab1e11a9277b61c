// Records from a real name server, with and without a chain of trust.
#include "federation/discovery/dns.h"

#include <absl/time/clock.h>

#include "tests/support/catch.h"
#include "tests/unit/federation_discovery/name_server.h"

namespace molva::federation {
namespace {

using Catch::Matchers::Contains;

constexpr char kKey[] = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw";

TEST_CASE("a domain is found by its DNS, and believed as far as DNSSEC goes", "[federation]") {
  const test::NameServer server(
      "_molva-fed._tcp SRV 10 5 16061 backup\n"
      "_molva-fed._tcp SRV 0 5 443 chat\n"
      "_molva-fed TXT \"v=molva1; \" \"key=PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"\n"
      "_molva-fed.bare TXT \"v=molva1; key=PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"\n"
      "_molva-fed.odd TXT \"v=molva1; key=nonsense\"\n"
      "chat A 192.0.2.1\nbackup A 192.0.2.2\n");
  DnsOptions options;
  options.resolver = server.address();
  options.trust_anchor = server.anchor();

  SECTION("a signed zone is proof") {
    const auto answer = AskDns(options, "a.example");
    INFO(answer.status().ToString());
    REQUIRE(answer.ok());
    CHECK(answer->trust == Trust::kAuthenticated);
    REQUIRE(answer->keys.size() == 1);
    CHECK(answer->keys[0].ToString() == kKey);
    CHECK(answer->endpoints ==
          std::vector<std::string>{"chat.a.example:443", "backup.a.example:16061"});
  }
  SECTION("a signed zone that names no place means the domain itself") {
    const auto answer = AskDns(options, "bare.a.example");
    REQUIRE(answer.ok());
    CHECK(answer->endpoints == std::vector<std::string>{"bare.a.example:16061"});
  }
  SECTION("a zone without signatures is a hint: addresses, no keys") {
    const auto answer = AskDns(options, "plain.example");
    REQUIRE(answer.ok());
    CHECK(answer->trust == Trust::kHint);
    CHECK(answer->keys.empty());
    CHECK(answer->endpoints.size() == 2);
  }
  SECTION("without a trust anchor nothing is proof") {
    options.trust_anchor = "/nowhere";
    const auto answer = AskDns(options, "a.example");
    REQUIRE(answer.ok());
    CHECK(answer->trust == Trust::kHint);
    CHECK(answer->keys.empty());
  }
  SECTION("an answer that the chain of trust disproves is none") {
    options.trust_anchor = server.false_anchor();
    const absl::Status status = AskDns(options, "plain.example").status();
    CHECK(absl::IsUnavailable(status));
    CHECK_THAT(std::string(status.message()), Contains("DNSSEC"));
  }
  SECTION("a domain without such records is not found") {
    CHECK(absl::IsNotFound(AskDns(options, "none.a.example").status()));
  }
  SECTION("a key that is none is refused") {
    CHECK(absl::IsInvalidArgument(AskDns(options, "odd.a.example").status()));
  }
}

TEST_CASE("a resolver that does not answer is given up in time", "[federation]") {
  DnsOptions options;
  options.resolver = "127.0.0.1@1";
  options.timeout = absl::Milliseconds(300);
  const absl::Time began = absl::Now();
  CHECK(absl::IsUnavailable(AskDns(options, "a.example").status()));
  CHECK(absl::Now() - began < absl::Seconds(4));
}

TEST_CASE("a resolver that is no address is refused", "[federation]") {
  DnsOptions options;
  options.resolver = "no address";
  CHECK(absl::IsInvalidArgument(AskDns(options, "a.example").status()));
}

}  // namespace
}  // namespace molva::federation
