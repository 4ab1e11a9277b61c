// From the search field to tags: docs/protocol behaviour §12.
#include "topic/fnd_query.h"

#include "tests/support/catch.h"
#include "topic/tag_query.h"

namespace molva::topic {
namespace {

using Texts = std::vector<std::string>;

// Knows addresses, and numbers of eight digits.
Texts Contacts(const std::string& term) {
  if (term.find('@') != std::string::npos) return {"email:" + term};
  const bool is_number = term.size() == 8 && term.find_first_not_of("0123456789") == term.npos;
  return is_number ? Texts{"tel:+1" + term} : Texts{};
}

TEST_CASE("a contact is searched for as it stands and as what it is", "[fnd_query]") {
  const auto query = ReadTagQuery("alice@a.example flowers", Contacts);
  REQUIRE(query.required.size() == 2);
  CHECK(query.required[0] == Texts{"alice@a.example", "email:alice@a.example"});
  CHECK(query.required[1] == Texts{"flowers"});
  CHECK(ReadTagQuery("a1,55512345", Contacts).optional ==
        Texts{"a1", "55512345", "tel:+155512345"});
}

TEST_CASE("what has a namespace already is no contact", "[fnd_query]") {
  const auto query = ReadTagQuery("email:alice@a.example", Contacts);
  REQUIRE(query.required.size() == 1);
  CHECK(query.required[0] == Texts{"email:alice@a.example"});
}

TEST_CASE("a term that can be no tag may still be a contact", "[fnd_query]") {
  const ContactTags spaced = [](const std::string& term) {
    return term == "+1 555 1234" ? Texts{"tel:+15551234"} : Texts{};
  };
  const auto query = ReadTagQuery("\"+1 555 1234\" \"two words\"", spaced);
  REQUIRE(query.required.size() == 1);
  CHECK(query.required[0] == Texts{"tel:+15551234"});
}

TEST_CASE("a text that cannot be read asks for nothing", "[fnd_query]") {
  CHECK(AsksNothing(ReadTagQuery("a,,b", Contacts)));
  CHECK(AsksNothing(ReadTagQuery("\"a", Contacts)));
  CHECK(AsksNothing(ReadTagQuery("", Contacts)));
  CHECK_FALSE(AsksNothing(ReadTagQuery("a1", Contacts)));
}

TEST_CASE("a name of this server stands beside the address, but not in a masked namespace",
          "[fnd_query]") {
  auto query = ReadTagQuery("ann@a.example", Contacts);
  AddOwnName("ann", {}, query);
  REQUIRE(query.required.size() == 1);
  CHECK(query.required[0] ==
        Texts{"ann@a.example", "email:ann@a.example", "basic:ann", "alias:ann"});
  CHECK(query.optional.empty());
  query = ReadTagQuery("ann@a.example flowers", Contacts);
  AddOwnName("ann", {"basic"}, query);
  CHECK(query.required.size() == 2);
  CHECK(query.optional == Texts{"alias:ann"});
}

TEST_CASE("a text of too many terms asks for nothing", "[fnd_query]") {
  std::string text = "a1";
  for (std::size_t i = 1; i < kMaxTerms; ++i) text += ",b" + std::to_string(i);
  CHECK(ReadTagQuery(text, Contacts).optional.size() == kMaxTerms);
  CHECK(AsksNothing(ReadTagQuery(text + ",c1", Contacts)));
}

TEST_CASE("tags of namespaces are found wherever they stand in a query", "[fnd_query]") {
  const auto query = ReadTagQuery("alice@a.example,b1 tel:123 plain", Contacts);
  CHECK(TagsIn(query, {"tel"}) == Texts{"tel:123"});
  CHECK(TagsIn(query, {"email"}) == Texts{"email:alice@a.example"});
  CHECK(TagsIn(query, {"basic"}).empty());
}

}  // namespace
}  // namespace molva::topic
