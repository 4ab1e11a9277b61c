// Words of texts, what is searched of messages, what people type, and where it was found.
#include "model/fault.h"
#include "search/excerpt.h"
#include "search/message_text.h"
#include "search/query.h"
#include "search/words.h"
#include "tests/support/catch.h"

namespace molva::search {
namespace {

using Texts = std::vector<std::string>;

TEST_CASE("words are runs of letters and digits without case, width and diacritics") {
  CHECK(JoinedWordsOf("Crème BRÛLÉE, 2 Stück!") == "creme brulee 2 stuck");
  CHECK(JoinedWordsOf("Ёлка ΆΛΦΑ ﬁne Ｗｉｄｅ") == "елка αλφα fine wide");
  CHECK(JoinedWordsOf("straße STRASSE") == "strasse strasse");
  CHECK(JoinedWordsOf("  ... \xff !").empty());
  CHECK(JoinedWordsOf(std::string(100, 'a')).size() == 64);
  CHECK(JoinedWordsOf("हिन्दी") == "हिन्दी");
}

TEST_CASE("scripts without spaces become pairs of characters and the last one alone") {
  CHECK(JoinedWordsOf("北京大学") == "北京 京大 大学 学");
  CHECK(JoinedWordsOf("サーバー") == "サー ーバ バー ー");
  CHECK(JoinedWordsOf("ｻｰﾊﾞｰ") == "サー ーバ バー ー");
  CHECK(JoinedWordsOf("한국 Bus年") == "한국 국 bus 年");
}

TEST_CASE("a message has at most so many words") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "a ";
  CHECK(JoinedWordsOf(text).size() == 4096 * 2 - 1);
}

TEST_CASE("the text of a message is plain or of a Drafty document") {
  const model::JsonFields drafty{{"mime", model::JsonText("text/x-drafty")}};
  CHECK(TextOf({}, {R"("plain \u00e9")"}) == "plain é");
  CHECK(TextOf(drafty, {R"({"txt":"bold","fmt":[{"len":4,"tp":"ST"}]})"}) == "bold");
  CHECK(TextOf({{"mime", model::JsonText("application/x-secret")}}, {R"("c2VjcmV0")"}).empty());
  CHECK(TextOf({}, {"17"}).empty());
  CHECK(TextOf({}, {R"({"other":1})"}).empty());
  CHECK(TextOf({}, {"\"" + std::string(40000, 'a') + "\""}).size() == 32768);
  CHECK(ReplacedBy({{"replace", model::JsonText(":17")}}) == 17);
  CHECK(ReplacedBy({{"replace", model::JsonText("17")}}) == 0);
  CHECK(ReplacedBy({{"replace", model::JsonText(":-1")}}) == 0);
  CHECK(ReplacedBy({}) == 0);
}

struct Typed {
  const char* text;
  std::vector<Texts> phrases;
  std::vector<bool> are_prefixes;
};

TEST_CASE("a query is words, phrases and beginnings; everything else is text") {
  const Typed typed = GENERATE(values<Typed>({
      {"Federation budget", {{"federation"}, {"budget"}}, {false, false}},
      {R"("the budget" fed*)", {{"the", "budget"}, {"fed"}}, {false, true}},
      {R"("the bud"* of)", {{"the", "bud"}, {"of"}}, {true, false}},
      {"foo-bar AND NOT(x OR y)",
       {{"foo", "bar"}, {"and"}, {"not", "x"}, {"or"}, {"y"}},
       {false, false, false, false, false}},
      {"\"open", {{"open"}}, {false}},
      {"京大", {{"京大"}}, {false}},
      {"京", {{"京"}}, {true}},
      {"2024年", {{"2024", "年"}}, {true}},
      {"北京大学", {{"北京", "京大", "大学"}}, {false}},
  }));
  const auto phrases = ParseQuery(typed.text);
  REQUIRE(phrases.ok());
  REQUIRE(phrases->size() == typed.phrases.size());
  for (std::size_t i = 0; i < phrases->size(); ++i) {
    CHECK((*phrases)[i].words == typed.phrases[i]);
    CHECK(((*phrases)[i].end == store::Phrase::End::kPrefix) == typed.are_prefixes[i]);
  }
}

TEST_CASE("a query without words, too short a beginning, or too much is refused") {
  std::string many;
  for (int i = 0; i < 17; ++i) many += "a ";
  for (const std::string& text : {std::string(), std::string("* \"\" !"), std::string("a*"),
                                  std::string(257, 'a'), many, std::string("\xff")}) {
    CHECK(model::FaultOf(ParseQuery(text).status()) == model::Fault::kMalformed);
  }
}

Texts Excerpt(std::string_view text, std::string_view query) {
  return ExcerptOf(text, ParseQuery(query).value());
}

TEST_CASE("an excerpt shows what matches, in turn with what does not") {
  CHECK(Excerpt("The Budget of the year", "budget year") ==
        Texts{"The ", "Budget", " of the ", "year", ""});
  CHECK(Excerpt("das Crème-Eis", "creme") == Texts{"das ", "Crème", "-Eis"});
  CHECK(Excerpt("在北京大学学习", "京大") == Texts{"在北", "京大", "学学习"});
  CHECK(Excerpt("在北京大学学习", "北京大学") == Texts{"在", "北京大学", "学习"});
  CHECK(Excerpt("nothing", "other") == Texts{"nothing"});
}

TEST_CASE("an excerpt of a long text is cut between characters") {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "é";
  text += " word ";
  for (int i = 0; i < 300; ++i) text += "é";
  const Texts parts = Excerpt(text, "word");
  REQUIRE(parts.size() == 3);
  CHECK(parts[0].size() == 39 * 2 + 1);
  CHECK(parts[1] == "word");
  CHECK(parts[2].size() == 1 + 115 * 2);
}

}  // namespace
}  // namespace molva::search
