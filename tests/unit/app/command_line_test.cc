// What molvad makes of its arguments.
#include "app/command_line.h"

#include "tests/support/catch.h"

namespace molva::app {
namespace {

absl::StatusOr<CommandLine> Parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "molvad");
  return ParseCommandLine(arguments);
}

TEST_CASE("molvad serves unless told otherwise", "[app]") {
  const auto line = Parse({});
  REQUIRE(line.ok());
  CHECK(line->verb == Verb::kServe);
  CHECK_FALSE(line->config_file.has_value());
}

TEST_CASE("options become settings, wherever they stand", "[app]") {
  const auto line = Parse({"--data", "/d", "config", "--http=1.2.3.4:5", "-s", "log.level=debug",
                           "--config", "m.toml", "--json"});
  REQUIRE(line.ok());
  CHECK(line->verb == Verb::kConfig);
  CHECK(line->output == Output::kJson);
  CHECK(line->config_file == "m.toml");
  CHECK(line->overrides == std::vector<config::Override>{{"node.data", "/d"},
                                                         {"listen.http", "1.2.3.4:5"},
                                                         {"log.level", "debug"}});
}

TEST_CASE("help can be asked for in general and about one verb", "[app]") {
  CHECK(Parse({"--help"})->verb == Verb::kHelp);
  CHECK(Parse({"help"})->verb == Verb::kHelp);
  const auto line = Parse({"check", "--help"});
  REQUIRE(line.ok());
  CHECK(line->verb == Verb::kHelp);
  CHECK(line->help_about == Verb::kCheck);
}

TEST_CASE("key is shown unless it is to be rotated", "[app]") {
  CHECK(Parse({"key"})->key_action == KeyAction::kShow);
  CHECK(Parse({"key", "show", "--json"})->output == Output::kJson);
  const auto line = Parse({"key", "-d", "/d", "rotate"});
  REQUIRE(line.ok());
  CHECK(line->verb == Verb::kKey);
  CHECK(line->key_action == KeyAction::kRotate);
}

TEST_CASE("a copy has two ends", "[app]") {
  const auto line = Parse({"store", "copy", "--from", "old.toml", "--to", "new.toml", "--json"});
  REQUIRE(line.ok());
  CHECK(line->verb == Verb::kStore);
  CHECK(line->store_copy.from == "old.toml");
  CHECK(line->store_copy.to == "new.toml");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"store"},
        {"store", "copy"},
        {"store", "copy", "--from", "x"},
        {"store", "copy", "--to", "x"},
        {"store", "move", "--from", "x", "--to", "y"}}) {
    CHECK(Parse(arguments).status().message().find("store") != std::string::npos);
  }
  CHECK_FALSE(Parse({"check", "--from", "x"}).ok());
}

TEST_CASE("a migration tells unless it is to change something", "[app]") {
  CHECK(Parse({"migrate"})->migration.action == MigrateAction::kStatus);
  CHECK(Parse({"migrate", "status", "--json"})->output == Output::kJson);
  const auto up = Parse({"migrate", "up", "-c", "m.toml"});
  REQUIRE(up.ok());
  CHECK(up->migration.action == MigrateAction::kUp);
  CHECK_FALSE(up->migration.to.has_value());
  CHECK(Parse({"migrate", "up", "--to", "3"})->migration.to == 3);
  const auto down = Parse({"migrate", "down", "--to", "2", "--yes"});
  REQUIRE(down.ok());
  CHECK(down->migration.action == MigrateAction::kDown);
  CHECK(down->migration.to == 2);
  CHECK(down->migration.may_lose);
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"migrate", "sideways"},
                                                    {"migrate", "down"},
                                                    {"migrate", "down", "--to", "two"},
                                                    {"migrate", "down", "--to", "0"},
                                                    {"migrate", "status", "--to", "2"},
                                                    {"migrate", "up", "--from", "1"},
                                                    {"serve", "--yes"}}) {
    INFO(arguments.back());
    CHECK(absl::IsInvalidArgument(Parse(arguments).status()));
  }
}

TEST_CASE("a backup wants the name of a file", "[app]") {
  CHECK(Parse({"backup", "--out", "f", "-c", "m.toml"})->out == "f");
  CHECK(Parse({"verify", "f"})->archive == "f");
  CHECK(Parse({"restore", "f", "-c", "m.toml"})->archive == "f");
  CHECK(Parse({"restore", "--help"})->help_about == Verb::kRestore);
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"backup"},
                                                    {"backup", "f"},
                                                    {"verify"},
                                                    {"restore"},
                                                    {"verify", "f", "g"},
                                                    {"restore", "--out", "f"},
                                                    {"serve", "--out", "f"}}) {
    CHECK_FALSE(Parse(arguments).ok());
  }
}

TEST_CASE("a command line that makes no sense is refused", "[app]") {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"fly"},
                                                    {"serve", "check"},
                                                    {"key", "lose"},
                                                    {"key", "show", "rotate"},
                                                    {"--nonsense"},
                                                    {"--data"},
                                                    {"--set", "novalue"},
                                                    {"serve", "--json"},
                                                    {"check", "--template"}}) {
    INFO(arguments[0]);
    CHECK(absl::IsInvalidArgument(Parse(arguments).status()));
  }
}

}  // namespace
}  // namespace molva::app
