// Tags and the search language: docs/protocol behaviour §12.
#include "topic/tags.h"

#include "tests/support/catch.h"
#include "topic/tag_query.h"

namespace molva::topic {
namespace {

using Texts = std::vector<std::string>;

TEST_CASE("tags are cleaned before they are stored", "[tags]") {
  const Limits limits;
  const std::tuple<const char*, Texts, Texts> table[] = {
      {"nothing", {}, {}},
      {"case, blanks and doubles", {"Flowers", "flowers ", "x"}, {"flowers"}},
      {"order", {"zoo", "bee", "ant"}, {"ant", "bee", "zoo"}},
      {"too short", {"a", " b ", ""}, {}},
      {"first character", {"_a1", "-b1", "1c", "#dd", ":ee"}, {"1c"}},
      {"letters of other scripts", {"étude", "мир"}, {"étude", "мир"}},
      {"a namespace", {"Travel:X"}, {"travel:x"}},
      {"a blank inside", {"two words"}, {"two words"}},
      {"the clear mark", {"one", "␡", "two"}, {}},
      {"the clear mark in blanks", {" ␡ "}, {}},
  };
  for (const auto& [name, tags, clean] : table) {
    CAPTURE(name);
    CHECK(NormaliseTags(tags, limits) == clean);
  }
}

TEST_CASE("tags are cut to the number first and to the length after", "[tags]") {
  Limits limits;
  limits.max_tags = 3;
  limits.max_tag_length = 5;
  CHECK(NormaliseTags({"bb", "bb", "aa", "cc"}, limits) == Texts{"aa", "bb"});
  CHECK(NormaliseTags({"12345", "123456"}, limits) == Texts{"12345"});
  CHECK(NormaliseTags({"aa", "bb", "cc", "␡"}, limits) == Texts{"aa", "bb", "cc"});
}

TEST_CASE("a reserved namespace is found by its exact name", "[tags]") {
  const Texts reserved = {"basic", "email"};
  CHECK(TagNamespace("basic:x:y") == "basic");
  CHECK(TagNamespace("plain").empty());
  CHECK(TagNamespace(":x").empty());
  CHECK(HasReservedTag({"a1", "basic:x"}, reserved));
  CHECK_FALSE(HasReservedTag({"basic", "basics:x", "xemail:y", ":basic"}, reserved));
  CHECK_FALSE(HasReservedTag({"basic:x"}, {}));
  CHECK(ReservedTags({"basic:x", "bb", "email:e", "tel:1"}, reserved) ==
        Texts{"basic:x", "email:e"});
}

TEST_CASE("the difference of tags tells what came and what went", "[tags]") {
  const TagDifference both = CompareTags({"a", "b", "c"}, {"b", "d"});
  CHECK(both.added == 1);
  CHECK(both.removed == 2);
  CHECK(model::JsonObject(TagParams(both)).text == R"({"added":1,"removed":2})");
  CHECK(TagParams(CompareTags({"a"}, {"a"})).empty());
  CHECK(model::JsonObject(TagParams(CompareTags({}, {"a"}))).text == R"({"added":1})");
}

TEST_CASE("a query is read into terms that must and terms that may match", "[tag_query]") {
  const std::tuple<const char*, Texts, Texts> table[] = {
      {"", {}, {}},
      {"  \t ", {}, {}},
      {"a b c", {"a", "b", "c"}, {}},
      {"a,b", {}, {"a", "b"}},
      {"a b,c", {"a"}, {"b", "c"}},
      {"a , b c", {"c"}, {"a", "b"}},
      {"a b,c \"d e\"", {"a", "d e"}, {"b", "c"}},
      {"a,b,c", {}, {"a", "b", "c"}},
      {"Ab\tCD", {"ab", "cd"}, {}},
      {" basic:Alice ", {"basic:alice"}, {}},
      {"\"a,b\"", {"a,b"}, {}},
      {"\"A b\",c", {}, {"a b", "c"}},
      {"\"\" a", {"a"}, {}},
  };
  for (const auto& [query, required, optional] : table) {
    CAPTURE(query);
    const auto terms = ParseTagQuery(query);
    REQUIRE(terms.ok());
    CHECK(terms->required == required);
    CHECK(terms->optional == optional);
  }
}

TEST_CASE("a query that cannot be read is refused", "[tag_query]") {
  for (const char* query :
       {"a,,b", "a, ,b", "a\"b", "a\"", "\"a", "\"a\"b", "\"a\"\"b\"", "a,", ",a", ","}) {
    CAPTURE(query);
    CHECK(ParseTagQuery(query).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("a term stands for the tag it is, if it can be one", "[tag_query]") {
  for (const std::string term :
       {"flowers", "basic:alice", "a-b_c+d.e!f?g#h@i", "мир", "email:a@b.c", "x1:y"}) {
    CAPTURE(term);
    CHECK(RewriteTerm(term) == Texts{term});
  }
  const std::string longest = "ns:" + std::string(96, 'a');
  CHECK(RewriteTerm(longest) == Texts{longest});
}

TEST_CASE("a term that can be no tag is dropped", "[tag_query]") {
  for (const std::string& term :
       {std::string("two words"), std::string("ns:"), std::string(":x"), std::string("a:b:c"),
        std::string("x:y"), std::string("1a:y"), std::string("averylongnamespace:y"),
        std::string("a-b:y"), std::string("a/b"), std::string(97, 'a'),
        "ns:" + std::string(97, 'a')}) {
    CAPTURE(term);
    CHECK(RewriteTerm(term).empty());
  }
}

}  // namespace
}  // namespace molva::topic
