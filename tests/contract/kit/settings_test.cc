// sdk::Settings: a plugin's configuration, read without a library.
#include "molva/settings.hpp"

#include <string>

#include "tests/support/catch.h"

namespace molva::sdk {
namespace {

bool IsObject(const std::string& text) { return JsonMembers(text).is_good(); }

TEST_CASE("settings of each type are read, and what is absent has its default") {
  const std::string text =
      R"( { "word" : "a\"b\\\u00e9\ud83d\ude00\n" , "count": -7, "on":true, "off":false,)"
      R"( "inner": {"a": [1, {"b": null}]} } )";
  Settings settings(Text(text));
  CHECK(settings.Text("word", "") == "a\"b\\\xc3\xa9\xf0\x9f\x98\x80\n");
  CHECK(settings.Integer("count", 0, -10, 10) == -7);
  CHECK(settings.Flag("on", false));
  CHECK_FALSE(settings.Flag("off", true));
  CHECK(settings.Json("inner", "") == R"({"a": [1, {"b": null}]})");
  CHECK(settings.Text("absent", "x") == "x");
  CHECK(settings.Integer("none", 5, 1, 9) == 5);
  CHECK(settings.Flag("nothing", true));
  CHECK(settings.Finish().empty());
  CHECK(Settings(molva_text{nullptr, 0}).Finish().empty());
}

TEST_CASE("the first thing that is wrong is told, without its value") {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {R"({"word":1})", "\"word\" must be a text"},
      {R"({"count":"1"})", "\"count\" must be a whole number from 1 to 9"},
      {R"({"count":0})", "\"count\" must be a whole number from 1 to 9"},
      {R"({"count":1.5})", "\"count\" must be a whole number from 1 to 9"},
      {R"({"count":99999999999999999999})", "\"count\" must be a whole number from 1 to 9"},
      {R"({"on":1})", "\"on\" must be true or false"},
      {R"({"other":1})", "\"other\" is not a setting of this plugin"},
      {"[1]", "the configuration is not a JSON object"},
  };
  for (const auto& one : cases) {
    Settings settings(Text(one.text));
    (void)settings.Text("word", "");
    (void)settings.Integer("count", 5, 1, 9);
    (void)settings.Flag("on", false);
    CHECK(settings.Finish() == one.error);
  }
}

TEST_CASE("what is not one JSON object is none") {
  for (const char* good : {"{}", " {\n} ", R"({"a":{}})", R"({"a":[]})", R"({"a":-0.5e+7})",
                           R"({"":""})", R"({"a":1,"a":2})"}) {
    INFO(good);
    CHECK(IsObject(good));
  }
  for (const char* bad : {"",
                          "{",
                          "}",
                          "{}{}",
                          "{} x",
                          "[",
                          "null",
                          "\"a\"",
                          R"({"a"})",
                          R"({"a":})",
                          R"({a:1})",
                          R"({"a":1,})",
                          R"({"a":01})",
                          R"({"a":1.})",
                          R"({"a":+1})",
                          R"({"a":tru})",
                          R"({"a":"\x"})",
                          R"({"a":"\u12"})",
                          R"({"a":"\ud800"})",
                          R"({"a":"\udc00"})",
                          R"({"a":")",
                          "{\"a\":\"\n\"}",
                          R"({"a":[1 2]})",
                          R"({"a":[1,]})"}) {
    INFO(bad);
    CHECK_FALSE(IsObject(bad));
  }
  const std::string deep = std::string(1000, '[') + std::string(1000, ']');
  CHECK_FALSE(IsObject("{\"a\":" + deep + "}"));
  CHECK_FALSE(IsObject(std::string("{\"a\":1}\0", 8)));
}

}  // namespace
}  // namespace molva::sdk
