#include "model/raw_json.h"

#include "tests/support/catch.h"

namespace molva::model {
namespace {

constexpr const char* kMark = R"("␡")";

TEST_CASE("a patch changes a value as the protocol's merge rule says", "[raw_json]") {
  struct Row {
    const char* name;
    std::string base;
    std::string patch;
    std::string merged;
    bool changed;
  };
  const Row table[] = {
      {"null", R"({"a":1})", "null", R"({"a":1})", false},
      {"absent", R"({"a":1})", "", R"({"a":1})", false},
      {"mark on a value", R"({"a":1})", kMark, "", true},
      {"mark on nothing", "", kMark, "", false},
      {"mark as an escape", R"({"a":1})", R"("\u2421")", "", true},
      {"a new key", R"({"a":1})", R"({"b":2})", R"({"a":1,"b":2})", true},
      {"a key replaced", R"({"a":1,"b":2})", R"({"a":3})", R"({"a":3,"b":2})", true},
      {"a key cleared", R"({"a":1,"b":2})", R"({"a":"␡"})", R"({"b":2})", true},
      {"the last key cleared", R"({"a":1})", R"({"a":"␡"})", "{}", true},
      {"no such key to clear", R"({"a":1})", R"({"b":"␡"})", R"({"a":1})", false},
      {"null inside", R"({"a":1})", R"({"a":null,"c":null})", R"({"a":1})", false},
      {"deep", R"({"a":{"b":{"c":1,"d":2}}})", R"({"a":{"b":{"c":3}}})",
       R"({"a":{"b":{"c":3,"d":2}}})", true},
      {"a deep mark", R"({"a":{"b":{"c":1,"d":2}}})", R"({"a":{"b":{"c":"␡"}}})",
       R"({"a":{"b":{"d":2}}})", true},
      {"marks in a fresh object", "", R"({"a":{"b":"␡","c":1},"d":null})", R"({"a":{"c":1}})",
       true},
      {"an object over a scalar", R"({"a":1})", R"({"a":{"b":"␡","c":2}})", R"({"a":{"c":2}})",
       true},
      {"a scalar over an object", R"({"a":{"b":1}})", R"({"a":5})", R"({"a":5})", true},
      {"arrays replace", R"({"a":[1,2]})", R"({"a":[3]})", R"({"a":[3]})", true},
      {"an equal scalar counts", R"({"a":1})", R"({"a":1})", R"({"a":1})", true},
      {"a text over an object", R"({"a":1})", R"("x")", R"("x")", true},
      {"an empty patch object", R"({"a":1})", "{}", R"({"a":1})", false},
      {"zero, false and empty stay values", R"({"a":1})", R"({"a":0,"b":false,"c":""})",
       R"({"a":0,"b":false,"c":""})", true},
  };
  for (const Row& row : table) {
    CAPTURE(row.name);
    RawJson base{row.base};
    CHECK(MergeJson(base, RawJson{row.patch}) == row.changed);
    CHECK(base.text == row.merged);
  }
}

TEST_CASE("bytes that are not merged stay as they were", "[raw_json]") {
  RawJson base{R"({"big":12345678901234567890123,"f":1.50e+3,"s":"\u00e9\/","z":[ 1, 2 ]})"};
  REQUIRE(MergeJson(base, RawJson{R"({"n":9007199254740993})"}));
  CHECK(base.text == R"({"big":12345678901234567890123,"f":1.50e+3,"s":"\u00e9\/","z":[ 1, 2 ],)"
                     R"("n":9007199254740993})");
}

TEST_CASE("the members of an object are found with their keys unescaped", "[raw_json]") {
  const JsonFields fields =
      ParseJsonFields({R"({ "a\u0062" : 1 , "q\"" : { "x" : [1, 2] } , "e" : "\n" })"});
  REQUIRE(fields.size() == 3);
  CHECK(fields[0] == std::pair(std::string("ab"), RawJson{"1"}));
  CHECK(fields[1] == std::pair(std::string("q\""), RawJson{R"({ "x" : [1, 2] })"}));
  CHECK(fields[2] == std::pair(std::string("e"), RawJson{R"("\n")"}));
  for (const char* text : {"", "1", "[1]", "\"x\"", "null", "{}"}) {
    CHECK(ParseJsonFields({text}).empty());
  }
}

TEST_CASE("fields are found and erased by key", "[raw_json]") {
  JsonFields fields = {{"a", {"1"}}, {"b", {"2"}}, {"a", {"3"}}};
  REQUIRE(FindField(fields, "b") != nullptr);
  CHECK(FindField(fields, "b")->text == "2");
  CHECK(FindField(fields, "c") == nullptr);
  EraseField(fields, "a");
  CHECK(fields == JsonFields{{"b", {"2"}}});
}

TEST_CASE("a text is quoted so that it reads back the same", "[raw_json]") {
  std::string text;
  for (int c = 0; c < 0x80; ++c) text += static_cast<char>(c);
  text += "é␡😀";
  const RawJson quoted = JsonText(text);
  CHECK(quoted.text.find("\\u0000") != std::string::npos);
  CHECK(quoted.text.find("\\n") != std::string::npos);
  for (const char c : quoted.text) CHECK(static_cast<unsigned char>(c) >= 0x20);
  CHECK(ParseJsonText(quoted) == text);
  std::string out = "x:";
  AppendJsonText(out, "a\"b\\c\td");
  CHECK(out == R"(x:"a\"b\\c\td")");
}

TEST_CASE("only a JSON string is a text", "[raw_json]") {
  CHECK(ParseJsonText({R"("\u0041\ud83d\ude00")"}) == std::string("A😀"));
  CHECK(ParseJsonText({R"("")"}) == std::string());
  for (const char* text : {"", "\"", "1", "null", "{}", "[\"a\"]"}) {
    CHECK_FALSE(ParseJsonText({text}).has_value());
  }
}

TEST_CASE("objects and arrays are written from their parts", "[raw_json]") {
  CHECK(JsonObject({}).empty());
  CHECK(JsonObject({{"a\"", {"1"}}, {"b", {}}}).text == R"({"a\"":1,"b":null})");
  CHECK(JsonTextArray({}).text == "[]");
  CHECK(JsonTextArray({"a", "\n"}).text == R"(["a","\n"])");
  CHECK(JsonNumber(-9007199254740993).text == "-9007199254740993");
}

}  // namespace
}  // namespace molva::model
