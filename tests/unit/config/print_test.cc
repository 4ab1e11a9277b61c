// What operators are shown of the settings, and that the documents agree with the rows.
#include "config/print.h"

#include <fstream>
#include <sstream>
#include <string>

#include "config/parse.h"
#include "tests/support/catch.h"

namespace molva::config {
namespace {

using Catch::Matchers::Contains;

std::string ReadSource(const std::string& path) {
  std::ifstream file(std::string(MOLVA_SOURCE_DIR) + "/" + path);
  REQUIRE(file.good());
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_CASE("the printed configuration can be read back and means the same", "[config]") {
  Config config(NodeSettings());
  Problems problems;
  ApplyOverrides(std::vector<Override>{{"limits.message_size", "200 KiB"}, {"auth.schemes", "a,b"}},
                 config, problems);
  Config again(NodeSettings());
  ParseConfig(PrintToml(config), "printed", again, problems);
  REQUIRE(problems.empty());
  CHECK(Config::Differences(config, again).empty());
}

TEST_CASE("a changed setting is printed with its origin and its default", "[config]") {
  Config config(NodeSettings());
  Problems problems;
  ApplyOverrides(std::vector<Override>{{"listen.http", "0.0.0.0:80"}}, config, problems);
  CHECK_THAT(PrintToml(config),
             Contains("http = \"0.0.0.0:80\"  # from command line; default \"127.0.0.1:6060\""));
}

TEST_CASE("a secret is never printed", "[config]") {
  Config config(NodeSettings());
  config.Set("auth.token.key", std::string("very secret"), Origin::kFile);
  CHECK_THAT(PrintToml(config), !Contains("very secret"));
  CHECK_THAT(PrintJson(config), !Contains("very secret"));
}

TEST_CASE("every setting has a default in its range, a sentence and a table", "[config]") {
  for (const Setting& row : NodeSettings()) {
    INFO(row.name);
    CHECK(ParseValue(row, row.standard).ok());
    CHECK(row.sentence.ends_with('.'));
    CHECK(row.name.find('.') != std::string_view::npos);
    CHECK(FindSetting(NodeSettings(), row.name) == &row);
  }
}

TEST_CASE("deploy/molva.toml is what `molvad config --template` prints", "[config]") {
  CHECK(ReadSource("deploy/molva.toml") == AnnotatedDefaults(NodeSettings()));
}

TEST_CASE("deploy/molva.toml is accepted as it stands", "[config]") {
  Config config(NodeSettings());
  Problems problems;
  ParseConfig(ReadSource("deploy/molva.toml"), "deploy/molva.toml", config, problems);
  CHECK(problems.empty());
}

TEST_CASE("docs/operations.md has the table that `molvad config --markdown` prints", "[config]") {
  CHECK_THAT(ReadSource("docs/operations.md"), Contains(OperationsTable(NodeSettings())));
}

}  // namespace
}  // namespace molva::config
