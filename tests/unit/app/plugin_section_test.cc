// A plugin's section against what the plugin declares.
#include "app/plugin_section.h"

#include "config/load.h"
#include "molva/declare.hpp"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::app {
namespace {

using Catch::Matchers::Contains;
using plugin::DeclaredSetting;

const plugin::DeclaredSettings& Declared() {
  static const plugin::DeclaredSettings kAll = {
      {MOLVA_SETTING_TEXT, "host", std::nullopt, "The server.", 0, 0},
      {MOLVA_SETTING_NUMBER, "port", "25", "Its port.", 1, 65535},
      {MOLVA_SETTING_BOOL, "tls", "true", "Whether TLS is used.", 0, 0},
      {MOLVA_SETTING_DURATION, "patience", "10s", "For one letter.", 1000, 60'000},
      {MOLVA_SETTING_BYTES, "most", "1 MiB", "Of one letter.", 1, 1 << 20},
      {MOLVA_SETTING_SECRET, "password", "", "Of the login.", 0, 16},
      {MOLVA_SETTING_LIST, "domains", "", "That are taken.", 0, 2},
      {MOLVA_SETTING_TABLE, "more", "", "For the plugin.", 0, 0}};
  return kAll;
}

config::Config Node() { return config::Config(config::NodeSettings()); }

absl::StatusOr<std::string> Check(const std::string& json) {
  return CheckSection(Node(), "validator_email", Declared(), json);
}

std::string Refusal(const std::string& json) {
  const auto checked = Check(json);
  CHECK(absl::IsInvalidArgument(checked.status()));
  return std::string(checked.status().message());
}

TEST_CASE("durations and sizes come to a plugin as numbers, the rest as it was written", "[app]") {
  const auto checked = Check(
      R"({"host":"a.example","port":2525,"tls":false,"patience":"30s","most":"64 KiB",)"
      R"("password":"s\"cret","domains":["a.example","b.example"],"more":{"x":[1,{"y":2}]}})");
  INFO(checked.status().ToString());
  REQUIRE(checked.ok());
  CHECK(*checked ==
        R"({"host":"a.example","port":2525,"tls":false,"patience":30000,"most":65536,)"
        R"("password":"s\"cret","domains":["a.example","b.example"],"more":{"x":[1,{"y":2}]}})");
}

TEST_CASE("of two members with one name the first counts", "[app]") {
  CHECK(Check(R"({"host":"a.example","host":"b.example"})").value() == R"({"host":"a.example"})");
}

TEST_CASE("a key that is not declared is named with those that are", "[app]") {
  CHECK(Refusal(R"({"host":"a","prot":25})") ==
        "plugin.validator_email.prot is no setting of this plugin, which takes host, port, tls, "
        "patience, most, password, domains, more");
}

TEST_CASE("a value of another type or out of bounds is refused with what would do", "[app]") {
  CHECK_THAT(Refusal(R"({"host":1})"), Contains("plugin.validator_email.host must be a text"));
  CHECK_THAT(Refusal(R"({"port":"25"})"), Contains("must be a number from 1 to 65535"));
  CHECK_THAT(Refusal(R"({"port":0})"), Contains("must be a number from 1 to 65535"));
  CHECK_THAT(Refusal(R"({"port":1.5})"), Contains("must be a number from 1 to 65535"));
  CHECK_THAT(Refusal(R"({"tls":"yes"})"), Contains("must be true or false"));
  CHECK_THAT(Refusal(R"({"patience":10})"), Contains("must be a duration from 1s to 1m"));
  CHECK_THAT(Refusal(R"({"patience":"2m"})"), Contains("must be a duration from 1s to 1m"));
  CHECK_THAT(Refusal(R"({"most":"2 MiB"})"), Contains("must be a size from 1B to 1 MiB") ||
                                                 Contains("must be a size from 1 B to 1 MiB"));
  CHECK_THAT(Refusal(R"({"domains":["a",1]})"), Contains("must be a list"));
  CHECK_THAT(Refusal(R"({"domains":["a","b","c"]})"), Contains("must be a list"));
  CHECK_THAT(Refusal(R"({"more":[]})"), Contains("must be a table"));
  CHECK_THAT(Refusal("[]"), Contains("plugin.validator_email is no table"));
}

TEST_CASE("a secret that is too long is refused and not shown", "[app]") {
  const std::string refusal = Refusal(R"({"password":"hunter2hunter2hunter2"})");
  CHECK_THAT(refusal, Contains("plugin.validator_email.password"));
  CHECK_THAT(refusal, !Contains("hunter2"));
}

TEST_CASE("what must be set is asked for with its meaning", "[app]") {
  CHECK(Refusal(R"({"port":25})") == "plugin.validator_email.host must be set: The server.");
}

TEST_CASE("a problem of a section names the line of the file", "[app]") {
  config::Config node = Node();
  config::Problems problems;
  config::ParseConfig("[plugin.validator_email]\nhost = \"a.example\"\nport = 0\n", "molva.toml",
                      node, problems);
  REQUIRE(problems.empty());
  const auto checked =
      CheckSection(node, "validator_email", Declared(), node.PluginJson("validator_email"));
  CHECK_THAT(std::string(checked.status().message()),
             Catch::StartsWith("molva.toml:3: plugin.validator_email.port"));
}

}  // namespace
}  // namespace molva::app
