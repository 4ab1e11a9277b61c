// Hashes of bodies and payloads. Expected ones come from another implementation.
#include <absl/strings/escaping.h>

#include "base/strings.h"
#include "chain/body.h"
#include "tests/support/catch.h"

namespace molva::chain {
namespace {

std::string Hex(std::string_view bytes) { return absl::BytesToHexString(base::ToAbsl(bytes)); }

TEST_CASE("a body's hash is its SHA-256", "[hash]") {
  CHECK(Hex(HashOf(std::string_view())) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(Hex(HashOf(std::string_view("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a payload's hash is the known one", "[hash]") {
  CHECK(Hex(HashOf(Payload{{{"mime", {"\"text/x-drafty\""}}, {"replace", {"\":1\""}}},
                           {"{\"txt\":\"hi\"}"}})) ==
        "03c63d14ea7108d3d48448fecab6c728e85378ee376184864ece24cb5d9065fe");
  CHECK(Hex(HashOf(Payload{})) ==
        "ad95131bc0b799c0b1af477fb14fcf26a6a9f76079e48bf090acb7e8367bfd0e");
}

TEST_CASE("payloads that differ in anything differ in their hash", "[hash]") {
  const Payload payload{{{"a", {"1"}}, {"b", {"2"}}}, {"3"}};
  const std::vector<Payload> others = {
      {{{"b", {"2"}}, {"a", {"1"}}}, {"3"}},
      {{{"a", {"1"}}, {"b", {"2"}}}, {"4"}},
      {{{"a", {"1"}}}, {"3"}},
      {{{"a", {"12"}}, {"b", {"2"}}}, {"3"}},
      {{{"a1", {"1"}}, {"b", {"2"}}}, {"3"}},
      {{{"a", {"1"}}, {"b", {"2"}}}, {}},
  };
  for (const Payload& other : others) CHECK(HashOf(other) != HashOf(payload));
}

}  // namespace
}  // namespace molva::chain
