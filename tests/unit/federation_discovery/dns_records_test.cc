// Records of the DNS: what is read from their bytes, and what counts without proof.
#include "federation/discovery/dns_records.h"

#include "tests/support/catch.h"

namespace molva::federation {
namespace {

using namespace std::string_literals;  // bytes with zeros in them

const std::string kKey = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw";

std::string Srv(int priority, int weight, int port, const std::string& name) {
  std::string data;
  for (const int number : {priority, weight, port}) {
    data.push_back(static_cast<char>(number >> 8));
    data.push_back(static_cast<char>(number & 0xff));
  }
  return data + name;
}

std::string Txt(const std::string& text) { return static_cast<char>(text.size()) + text; }

TEST_CASE("an SRV record names host and port", "[federation]") {
  const auto record = ParseSrv(Srv(1, 2, 16061, "\4Chat\1a\7example\0"s));
  REQUIRE(record.ok());
  CHECK(record->priority == 1);
  CHECK(record->weight == 2);
  CHECK(record->port == 16061);
  CHECK(record->target == "chat.a.example");
  CHECK(ParseSrv(Srv(0, 0, 0, "\0"s))->target.empty());
}

TEST_CASE("an SRV record that breaks off or names no host is refused", "[federation]") {
  for (const std::string& data :
       {""s, "\0\1\0\2\0"s, Srv(0, 0, 1, ""), Srv(0, 0, 1, "\4ab"), Srv(0, 0, 1, "\2ab"),
        Srv(0, 0, 1, "\2ab\0x"s), Srv(0, 0, 1, "\300\14"), Srv(0, 0, 1, "\2a b\0"s),
        Srv(0, 0, 1, "\3a b\0"s), Srv(0, 0, 1, "\1*\7example\0"s)}) {
    CHECK(absl::IsInvalidArgument(ParseSrv(data).status()));
  }
}

TEST_CASE("a TXT record is its strings in a row", "[federation]") {
  CHECK(*ParseTxt("\3abc\0\2de"s) == "abcde");
  CHECK(ParseTxt("")->empty());
  CHECK_FALSE(ParseTxt("\4abc").ok());
  std::string long_data;
  for (int i = 0; i < 17; ++i) long_data += "\377" + std::string(255, 'x');
  CHECK_FALSE(ParseTxt(long_data).ok());
}

TEST_CASE("keys stand in texts of ours", "[federation]") {
  CHECK(ParseKeyText("v=molva1; key=" + kKey)->size() == 1);
  CHECK(ParseKeyText("v=molva1;later=x;key=" + kKey + ";key=" + kKey)->size() == 2);
  CHECK(ParseKeyText("v=spf1 -all")->empty());
  CHECK(ParseKeyText("")->empty());
  CHECK(ParseKeyText("v=molva12; key=" + kKey)->empty());
  CHECK_FALSE(ParseKeyText("v=molva1").ok());
  CHECK_FALSE(ParseKeyText("v=molva1; key=short").ok());
}

TEST_CASE("keys count only if DNSSEC proves them, addresses also without", "[federation]") {
  const DnsAnswer services = {{Srv(5, 1, 1, "\1x\7example\0"s), Srv(0, 1, 2, "\1y\7example\0"s),
                               Srv(0, 9, 3, "\1z\7example\0"s)},
                              false};
  DnsAnswer texts = {{Txt("v=spf1 -all"), Txt("v=molva1; key=" + kKey)}, true};
  const auto proven = CombineDns("a.example", services, texts);
  REQUIRE(proven.ok());
  CHECK(proven->trust == Trust::kAuthenticated);
  CHECK(proven->keys.size() == 1);
  CHECK(proven->endpoints == std::vector<std::string>{"z.example:3", "y.example:2", "x.example:1"});
  texts.is_secure = false;
  const auto hint = CombineDns("a.example", services, texts);
  REQUIRE(hint.ok());
  CHECK(hint->trust == Trust::kHint);
  CHECK(hint->keys.empty());
  CHECK(hint->endpoints.size() == 3);
}

TEST_CASE("a domain that names a key and no place is at home", "[federation]") {
  const DnsAnswer texts = {{Txt("v=molva1; key=" + kKey)}, true};
  CHECK(CombineDns("a.example", {}, texts)->endpoints ==
        std::vector<std::string>{"a.example:16061"});
  const DnsAnswer nowhere = {{Srv(0, 0, 0, "\0"s)}, true};
  CHECK(CombineDns("a.example", nowhere, texts)->endpoints.empty());
}

TEST_CASE("records that say nothing, or too much, are no answer", "[federation]") {
  CHECK(absl::IsNotFound(CombineDns("a.example", {}, {{}, true}).status()));
  DnsAnswer many;
  for (int i = 0; i < 65; ++i) many.records.push_back(Srv(0, 0, 1, "\1x\7example\0"s));
  CHECK(absl::IsInvalidArgument(CombineDns("a.example", many, {}).status()));
  many.records.pop_back();
  CHECK(CombineDns("a.example", many, {})->endpoints.size() == 16);
}

}  // namespace
}  // namespace molva::federation
