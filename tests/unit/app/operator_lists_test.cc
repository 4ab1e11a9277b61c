#include "app/operator_lists.h"

#include <string>

#include "tests/support/catch.h"

namespace molva::app {
namespace {

using federation::DomainRules;

DomainRules Allowing(const std::string& pattern) {
  DomainRules rules;
  rules.allow = {pattern};
  return rules;
}

DomainRules Denying(const std::string& pattern) {
  DomainRules rules;
  rules.deny = {pattern};
  return rules;
}

TEST_CASE("what is blocked is denied, whatever the configuration allows", "[federation]") {
  OperatorLists lists;
  REQUIRE(lists.Block("bad.example").ok());
  CHECK_FALSE(lists.Join({}).Allows("bad.example"));
  CHECK_FALSE(lists.Join(Allowing("bad.example")).Allows("bad.example"));
  CHECK(lists.Join({}).Allows("good.example"));
}

TEST_CASE("an allowance takes a block back", "[federation]") {
  OperatorLists lists;
  REQUIRE(lists.Block("bad.example").ok());
  REQUIRE(lists.Allow("bad.example").ok());
  CHECK(lists.Join({}).Allows("bad.example"));
  CHECK(lists.blocked.empty());
}

TEST_CASE("an allowance widens the list of the configuration, but makes none", "[federation]") {
  OperatorLists lists;
  REQUIRE(lists.Allow("friend.example").ok());
  CHECK(lists.Join({}).Allows("stranger.example"));
  const DomainRules closed = lists.Join(Allowing("partner.example"));
  CHECK(closed.Allows("friend.example"));
  CHECK(closed.Allows("partner.example"));
  CHECK_FALSE(closed.Allows("stranger.example"));
  CHECK_FALSE(lists.Join(Denying("friend.example")).Allows("friend.example"));
}

TEST_CASE("lists survive their text form, and lines of later versions", "[federation]") {
  OperatorLists lists;
  REQUIRE(lists.Block("*.bad.example").ok());
  REQUIRE(lists.Block("*").ok());
  REQUIRE(lists.Allow("friend.example").ok());
  const OperatorLists read = OperatorLists::Parse("mute x.example\n" + lists.ToText());
  CHECK(read.blocked == lists.blocked);
  CHECK(read.allowed == lists.allowed);
  CHECK(OperatorLists::Parse("").ToText().empty());
}

TEST_CASE("a list that is full takes no more and stays as it was", "[federation]") {
  OperatorLists lists;
  for (std::size_t i = 0; i < OperatorLists::kMaxPatterns; ++i) {
    REQUIRE(lists.Block("d" + std::to_string(i) + ".example").ok());
  }
  REQUIRE(lists.Allow("friend.example").ok());
  CHECK(absl::IsResourceExhausted(lists.Block("friend.example")));
  CHECK(lists.allowed.contains("friend.example"));
  CHECK(lists.Block("d7.example").ok());
}

}  // namespace
}  // namespace molva::app
