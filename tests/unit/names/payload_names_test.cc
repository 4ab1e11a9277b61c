// Names inside messages: global while they travel, and everything else as it was.
#include "names/payload_names.h"

#include <simdjson.h>

#include <random>

#include "base/strings.h"
#include "tests/support/catch.h"

namespace molva::names {
namespace {

const std::string kAnn = "usr" + base::EncodeId(7);
const std::string kTeam = "grp" + base::EncodeId(5);
const NameBook& Here() {
  static const NameBook kBook("here.example", "sixteen bytes or more");
  return kBook;
}

// `text` with $A for Ann's bare name, $G for a group's.
std::string Fill(std::string text) {
  for (const auto& [mark, name] : {std::pair("$A", kAnn), std::pair("$G", kTeam)}) {
    for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark)) {
      text.replace(at, 2, name);
    }
  }
  return text;
}

std::string GlobalContent(const std::string& text) {
  model::JsonFields head;
  model::RawJson content{Fill(text)};
  Globalise(Here(), head, content);
  return content.text;
}

std::string GlobalField(const std::string& key, const std::string& text) {
  model::JsonFields head = {{key, {Fill(text)}}};
  model::RawJson content;
  Globalise(Here(), head, content);
  return head[0].second.text;
}

absl::StatusOr<std::string> LocalField(const std::string& key, const std::string& text) {
  model::JsonFields head = {{key, {Fill(text)}}};
  model::RawJson content;
  const absl::Status status = Localise(Here(), head, content);
  if (!status.ok()) {
    CHECK(head[0].second.text == Fill(text));
    return status;
  }
  return head[0].second.text;
}

absl::StatusOr<std::string> LocalContent(const std::string& text) {
  model::JsonFields head;
  model::RawJson content{Fill(text)};
  const absl::Status status = Localise(Here(), head, content);
  if (!status.ok()) {
    CHECK(content.text == Fill(text));
    return status;
  }
  return content.text;
}

TEST_CASE("bare names get our domain on their way out, and lose it on their way in",
          "[payload_names]") {
  struct Row {
    const char* key;  // "": content
    const char* local;
    const char* global;
  };
  const Row table[] = {
      {"mentions", R"(["$A", "$G@a.b" ,7,"x"])", R"(["$A@here.example", "$G@a.b" ,7,"x"])"},
      {"mentions", R"([])", R"([])"},
      {"mentions", R"("$A")", R"("$A@here.example")"},
      {"sender", R"("$A")", R"("$A@here.example")"},
      {"forwarded", R"("$G:12")", R"("$G@here.example:12")"},
      {"forwarded", R"("$A@a.b:12")", R"("$A@a.b:12")"},
      {"forwarded", R"("$A:1\u0030")", R"("$A@here.example:1\u0030")"},
      {"reply", R"("$A:3")", R"("$A@here.example:3")"},
      {"reply", R"(":3")", R"(":3")"},
      {"thread", R"(":3")", R"(":3")"},
      {"thread", R"(9007199254740993)", R"(9007199254740993)"},
      {"replace", R"("$A:3")", R"("$A:3")"},
      {"x-own", R"(["$A"])", R"(["$A"])"},
      {"", R"("$A")", R"("$A")"},
      {"", R"({"txt":"$A","ent":[{"tp":"MN","data":{"val":"$A"}}]})",
       R"({"txt":"$A","ent":[{"tp":"MN","data":{"val":"$A@here.example"}}]})"},
      {"", R"({ "ent" : [ {"data" : {"val" : "$A" , "n":1.50e3}, "tp":"MN"} ,{}] })",
       R"({ "ent" : [ {"data" : {"val" : "$A@here.example" , "n":1.50e3}, "tp":"MN"} ,{}] })"},
      {"", R"({"ent":[{"tp":"HT","data":{"val":"$A"}},{"tp":"MN","data":{"val":"ann"}}]})",
       R"({"ent":[{"tp":"HT","data":{"val":"$A"}},{"tp":"MN","data":{"val":"ann"}}]})"},
      {"", R"({"ent":{"tp":"MN","data":{"val":"$A"}}})",
       R"({"ent":{"tp":"MN","data":{"val":"$A"}}})"},
      {"", R"({"\u0065nt":[{"tp":"M\u004e","data":{"val":"$A"}}]})",
       R"({"\u0065nt":[{"tp":"M\u004e","data":{"val":"$A@here.example"}}]})"},
      {"", R"({"ent":[{"tp":"TC","data":{"fn":"$A","comm":[
          {"proto":"tinode","value":"tinode:///id/$A"},{"value":"$G","proto":"tinode"},
          {"proto":"tinode","value":"tinode:id/$A"},{"proto":"tinode","value":"tinode:///x/$A"},
          {"proto":"tel","value":"$A"}]}}]})",
       R"({"ent":[{"tp":"TC","data":{"fn":"$A","comm":[
          {"proto":"tinode","value":"tinode:///id/$A@here.example"},{"value":"$G@here.example","proto":"tinode"},
          {"proto":"tinode","value":"tinode:id/$A@here.example"},{"proto":"tinode","value":"tinode:///x/$A"},
          {"proto":"tel","value":"$A"}]}}]})"},
      {"", R"({"ent":[{"tp":"MN","data":{"val":"$A"}},{"tp":"MN","data":{"val":"$G"}}],"ent":[null,
          {"tp":"MN","tp":"TC","data":{"comm":[{"proto":"tinode","value":"$G"}],"val":"$A"}}]})",
       R"({"ent":[{"tp":"MN","data":{"val":"$A@here.example"}},{"tp":"MN","data":{"val":"$G@here.example"}}],"ent":[null,
          {"tp":"MN","tp":"TC","data":{"comm":[{"proto":"tinode","value":"$G@here.example"}],"val":"$A@here.example"}}]})"},
  };
  for (const Row& row : table) {
    CAPTURE(row.key, row.local);
    const std::string key = row.key;
    CHECK((key.empty() ? GlobalContent(row.local) : GlobalField(key, row.local)) ==
          Fill(row.global));
    const auto local = key.empty() ? LocalContent(row.global) : LocalField(key, row.global);
    REQUIRE(local.ok());
    CHECK(*local == Fill(row.local));
  }
}

TEST_CASE("going out each name gets its one spelling", "[payload_names]") {
  CHECK(GlobalField("mentions", R"(["$A@HERE.example","$A@B.C"])") ==
        Fill(R"(["$A@here.example","$A@b.c"])"));
  CHECK(GlobalField("mentions", R"(["\u0075srBwAAAAAAAAA"])") == Fill(R"(["$A@here.example"])"));
  CHECK(
      GlobalContent(
          R"({"ent":[{"tp":"TC","data":{"comm":[{"proto":"tinode","value":"tinode:\/\/\/id\/$A"}]}}]})") ==
      Fill(
          R"({"ent":[{"tp":"TC","data":{"comm":[{"proto":"tinode","value":"tinode:///id/$A@here.example"}]}}]})"));
}

TEST_CASE("a bare or oddly spelled name is refused on its way in", "[payload_names]") {
  const std::pair<const char*, const char*> table[] = {
      {"mentions", R"(["$A"])"},
      {"mentions", R"(["x","$A@a.b","$G"])"},
      {"mentions", R"(["\u0075srBwAAAAAAAAA"])"},
      {"mentions", R"(["\u0075srBwAAAAAAAAA@a.b"])"},
      {"mentions", R"(["$A@A.b"])"},
      {"sender", R"("$A")"},
      {"forwarded", R"("$G:12")"},
      {"forwarded", R"("$G")"},
      {"reply", R"("$A:3")"},
      {"thread", R"("chnBQAAAAAAAAA:3")"},
      {"", R"({"ent":[{"tp":"MN","data":{"val":"$A"}}]})"},
      {"", R"({"ent":[{"tp":"\u004dN","data":{"val":"$A"}}]})"},
      {"", R"({"ent":[{"data":{"val":"$A"},"tp":"MN"}]})"},
      {"", R"({"ent":[{"tp":"TC","data":{"comm":[{"proto":"tinode","value":"$A"}]}}]})"},
      {"", R"({"ent":[{"tp":"MN","data":{"val":"$A@here.example"}},{"tp":"MN")"},
  };
  for (const auto& [key, text] : table) {
    CAPTURE(key, text);
    const std::string name = key;
    const auto local = name.empty() ? LocalContent(text) : LocalField(name, text);
    REQUIRE_FALSE(local.ok());
    CHECK(absl::IsInvalidArgument(local.status()));
  }
}

TEST_CASE("when the content is refused the head stays too", "[payload_names]") {
  model::JsonFields head = {{"mentions", {Fill(R"(["$A@here.example"])")}}};
  const model::JsonFields before = head;
  model::RawJson content{Fill(R"({"ent":[{"tp":"MN","data":{"val":"$A"}}]})")};
  CHECK_FALSE(Localise(Here(), head, content).ok());
  CHECK(head == before);
}

TEST_CASE("without federation nothing is touched", "[payload_names]") {
  const NameBook book;
  model::JsonFields head = {{"mentions", {Fill(R"(["$A"])")}}};
  model::RawJson content{Fill(R"({"ent":[{"tp":"MN","data":{"val":"$A"}}]})")};
  const model::JsonFields head_before = head;
  const model::RawJson content_before = content;
  Globalise(book, head, content);
  CHECK(Localise(book, head, content).ok());
  CHECK(head == head_before);
  CHECK(content == content_before);
}

// Makes up messages in which names stand in all sorts of places and spellings.
class MessageMaker {
 public:
  explicit MessageMaker(unsigned seed) : random_(seed) {}

  std::string Content() {
    std::string text = Pick({"{", "{ ", "{\"txt\":\"a\\u0041\","}) + "\"ent\":[";
    for (int i = Number(3); i >= 0; --i) text += Entity() + (i > 0 ? "," : "");
    return text + Pick({"]}", "] }", "],\"n\":12345678901234567890}"});
  }
  std::string Mentions() {
    std::string text = Pick({"[", "[ "});
    for (int i = Number(3); i >= 0; --i) text += Quoted("") + (i > 0 ? Pick({",", " , "}) : "");
    return text + "]";
  }
  std::string Forwarded() { return Quoted("", ":" + std::to_string(Number(99))); }

 private:
  int Number(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  std::string Pick(const std::vector<std::string>& from) {
    return from[static_cast<std::size_t>(Number(static_cast<int>(from.size())))];
  }
  std::string Quoted(const std::string& before, const std::string& after = "") {
    const std::string prefix = Pick({"usr", "grp", "chn", "\\u0075sr", "xyz"});
    const std::string id = Number(9) == 0 ? "short" : base::EncodeId(random_());
    const std::string domain = Pick({"", "@here.example", "@here.example", "@there.example",
                                     "@HERE.example", "@", "@1.2.3.4", "@here.example@x"});
    return '"' + before + prefix + id + domain + after + '"';
  }
  std::string Contact() {
    return R"({"proto":)" + Pick({R"("tinode")", R"("tel")", "1"}) + R"(,"value":)" +
           Quoted(Pick({"", "tinode:///id/", "tinode:\\/\\/\\/id\\/", "tinode:///alias/"})) + "}";
  }
  std::string Entity() {
    const std::string type =
        R"("tp":)" + Pick({R"("MN")", R"("MN")", R"("M\u004e")", R"("TC")", R"("HT")", "null"});
    const std::string data = R"("data":)" + Pick({"{", "{ "}) + R"("val":)" +
                             Pick({Quoted(""), Quoted(""), "1.0", "[]"}) + R"(,"comm":[)" +
                             Contact() + "]}";
    return Number(2) == 0 ? "{" + type + "," + data + "}" : "{" + data + " , " + type + "}";
  }

  std::mt19937 random_;
};

TEST_CASE("what is sent is always accepted, and comes back byte for byte", "[payload_names]") {
  int accepted = 0;
  for (unsigned seed = 0; seed < 20'000; ++seed) {
    MessageMaker maker(seed);
    model::JsonFields head = {{"mentions", {maker.Mentions()}}, {"forwarded", {maker.Forwarded()}}};
    model::RawJson content{maker.Content()};
    CAPTURE(seed, content.text, head[0].second.text, head[1].second.text);
    // As a hostile peer may send it: if it is taken, nothing is lost.
    model::JsonFields local_head = head;
    model::RawJson local_content = content;
    if (Localise(Here(), local_head, local_content).ok()) {
      ++accepted;
      Globalise(Here(), local_head, local_content);
      REQUIRE(local_head == head);
      REQUIRE(local_content == content);
    }
    // As our server sends what our user wrote.
    Globalise(Here(), head, content);
    simdjson::dom::parser parser;
    REQUIRE(parser.parse(content.text).error() == simdjson::SUCCESS);
    local_head = head;
    local_content = content;
    REQUIRE(Localise(Here(), local_head, local_content).ok());
    Globalise(Here(), local_head, local_content);
    REQUIRE(local_head == head);
    REQUIRE(local_content == content);
  }
  CHECK(accepted > 100);
}

}  // namespace
}  // namespace molva::names
