// Which addresses count as public.
#include "federation/discovery/address_rules.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string>

#include "federation/discovery/static_peers.h"
#include "federation/identity/endpoint.h"
#include "tests/support/catch.h"

namespace molva::federation {
namespace {

bool IsPublic(const std::string& text) {
  sockaddr_storage storage{};
  if (text.find(':') == std::string::npos) {
    auto& address = reinterpret_cast<sockaddr_in&>(storage);
    address.sin_family = AF_INET;
    REQUIRE(::inet_pton(AF_INET, text.c_str(), &address.sin_addr) == 1);
  } else {
    auto& address = reinterpret_cast<sockaddr_in6&>(storage);
    address.sin6_family = AF_INET6;
    REQUIRE(::inet_pton(AF_INET6, text.c_str(), &address.sin6_addr) == 1);
  }
  return IsPublicAddress(reinterpret_cast<const sockaddr&>(storage));
}

TEST_CASE("addresses that lead into private places are told from public ones", "[federation]") {
  for (const char* text : {"0.0.0.0",
                           "10.1.2.3",
                           "100.64.0.1",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.168.1.1",
                           "198.18.0.1",
                           "198.51.100.1",
                           "203.0.113.1",
                           "224.0.0.1",
                           "239.255.255.250",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "::127.0.0.1",
                           "64:ff9b::a00:1",
                           "fc00::1",
                           "fd12:3456::1",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1",
                           "2001:db8::1",
                           "2001::1",
                           "2002:7f00:1::",
                           "2002:a00:1::1",
                           "100::1"}) {
    INFO(text);
    CHECK_FALSE(IsPublic(text));
  }
  for (const char* text :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255",
        "172.32.0.0", "192.167.255.255", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
        "::ffff:1.1.1.1", "64:ff9b::101:101"}) {
    INFO(text);
    CHECK(IsPublic(text));
  }
}

TEST_CASE("what is neither IPv4 nor IPv6 is not public", "[federation]") {
  sockaddr address{};
  address.sa_family = AF_UNIX;
  CHECK_FALSE(IsPublicAddress(address));
  CHECK(MayConnect(AddressRule::kAnywhere, address));
}

TEST_CASE("endpoints are hosts or addresses with a port", "[federation]") {
  CHECK(Endpoint::Parse("Chat.A.example:443")->ToString() == "chat.a.example:443");
  CHECK(Endpoint::Parse("192.0.2.7:1")->ToString() == "192.0.2.7:1");
  CHECK(Endpoint::Parse("[2001:db8::7]:65535")->ToString() == "[2001:db8::7]:65535");
  for (const char* text : {"", ":", "a.example", "a.example:", "a.example:0", "a.example:65536",
                           "a.example:-1", "a.example:1x", ":1", "2001:db8::7:1", "[a.example]:1",
                           "[]:1", "a b:1", "a.example:1:2", "http://a.example:1"}) {
    INFO(text);
    CHECK(absl::IsInvalidArgument(Endpoint::Parse(text).status()));
  }
}

TEST_CASE("peers of the configuration are put together by domain", "[federation]") {
  const std::string key = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw";
  const std::string other = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
  const std::vector<std::string> entries = {"A.example=h1:1#" + key, "b.example=[::1]:2#" + key,
                                            "a.example=h2:3#" + other, "a.example=h2:3#" + other};
  const auto peers = ParseStaticPeers(entries);
  REQUIRE(peers.ok());
  REQUIRE(peers->size() == 2);
  CHECK(peers->at(0).domain == "a.example");
  CHECK(peers->at(0).endpoints == std::vector<std::string>{"h1:1", "h2:3"});
  CHECK(peers->at(0).keys.size() == 2);
  CHECK(peers->at(1).endpoints == std::vector<std::string>{"[::1]:2"});
  const std::vector<std::string> bad_entries = {"",
                                                "a.example",
                                                "a.example=h:1",
                                                "a.example=h#" + key,
                                                "=h:1#" + key,
                                                "a.example=h:1#short",
                                                "a.example#" + key + "=h:1"};
  for (const std::string& bad : bad_entries) {
    INFO(bad);
    const std::vector<std::string> one = {bad};
    CHECK(absl::IsInvalidArgument(ParseStaticPeers(one).status()));
  }
}

}  // namespace
}  // namespace molva::federation
