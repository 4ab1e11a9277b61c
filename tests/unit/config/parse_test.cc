// How TOML, the environment and the command line become settings, and what is said of mistakes.
#include "config/parse.h"

#include <fstream>
#include <string>
#include <vector>

#include "config/load.h"
#include "tests/support/catch.h"

namespace molva::config {
namespace {

constexpr Setting kRows[] = {
    {.name = "net.address", .type = Type::kAddress, .standard = "", .sentence = "Where."},
    {.name = "net.verbose", .type = Type::kBool, .standard = "false", .sentence = "Much."},
    {.name = "limits.count",
     .type = Type::kInteger,
     .standard = "5",
     .lowest = 1,
     .highest = 10,
     .sentence = "Many."},
    {.name = "limits.size",
     .type = Type::kSize,
     .standard = "1 KiB",
     .highest = 1 << 20,
     .sentence = "Big."},
    {.name = "limits.wait",
     .type = Type::kDuration,
     .standard = "3s",
     .highest = 86'400'000,
     .sentence = "Long."},
    {.name = "log.level",
     .type = Type::kChoice,
     .standard = "info",
     .choices = "debug info",
     .sentence = "Which."},
    {.name = "auth.schemes", .type = Type::kTextList, .standard = "a", .sentence = "Ways."},
    {.name = "auth.key",
     .type = Type::kSecret,
     .standard = "",
     .lowest = 4,
     .highest = 64,
     .sentence = "Hidden."},
};

struct Outcome {
  Config config{kRows};
  Problems problems;

  std::vector<std::string> Said() const {
    std::vector<std::string> lines;
    for (const Problem& problem : problems) lines.push_back(problem.ToString());
    return lines;
  }
};

Outcome Parse(std::string_view text) {
  Outcome outcome;
  ParseConfig(text, "m.toml", outcome.config, outcome.problems);
  return outcome;
}

using Lines = std::vector<std::string>;

TEST_CASE("an empty file leaves every setting at its default", "[config]") {
  const Outcome outcome = Parse("");
  CHECK(outcome.problems.empty());
  CHECK(outcome.config.Integer("limits.count") == 5);
  CHECK(outcome.config.Bytes("limits.size") == 1024);
  CHECK(outcome.config.Duration("limits.wait") == absl::Seconds(3));
  CHECK(outcome.config.OriginOf("limits.count") == Origin::kStandard);
}

TEST_CASE("every type of setting is read from TOML", "[config]") {
  const Outcome outcome = Parse(R"(
    net.address = "[::1]:80"
    net.verbose = true
    [limits]
    count = 10
    size = "64 KiB"
    wait = "2h"
    [log]
    level = "debug"
    [auth]
    schemes = ["x", "y"]
    key = "hush"
  )");
  REQUIRE(outcome.Said() == Lines{});
  CHECK(outcome.config.Text("net.address") == "[::1]:80");
  CHECK(outcome.config.Bool("net.verbose"));
  CHECK(outcome.config.Integer("limits.count") == 10);
  CHECK(outcome.config.Bytes("limits.size") == 65536);
  CHECK(outcome.config.Duration("limits.wait") == absl::Hours(2));
  CHECK(outcome.config.Text("log.level") == "debug");
  CHECK(outcome.config.List("auth.schemes") == Lines{"x", "y"});
  CHECK(outcome.config.Text("auth.key") == "hush");
  CHECK(outcome.config.OriginOf("auth.key") == Origin::kFile);
}

TEST_CASE("all mistakes of a file are named at once, with their lines", "[config]") {
  const Outcome outcome = Parse(
      "[limits]\n"
      "count = 11\n"
      "size = true\n"
      "[log]\n"
      "levle = \"info\"\n"
      "level = \"loud\"\n");
  CHECK(outcome.Said() ==
        Lines{"m.toml:2: limits.count is 11, but must be a number from 1 to 10",
              "m.toml:3: limits.size is true or false, but must be a size from 0 to 1 MiB",
              "m.toml:6: log.level is \"loud\", but must be one of \"debug\" \"info\"",
              "m.toml:5: no setting is called log.levle; did you mean log.level?"});
}

TEST_CASE("a key in the wrong table is told where it belongs", "[config]") {
  CHECK(Parse("schemes = [\"a\"]").Said() ==
        Lines{"m.toml:1: no setting is called schemes; did you mean auth.schemes?"});
}

TEST_CASE("a name like no other gets no suggestion", "[config]") {
  CHECK(Parse("zebra_crossing = 1").Said() ==
        Lines{"m.toml:1: no setting is called zebra_crossing"});
}

TEST_CASE("broken TOML is reported with its line", "[config]") {
  const Outcome outcome = Parse("a = 1\nb = = 2\n");
  REQUIRE(outcome.problems.size() == 1);
  CHECK(outcome.problems[0].place == "m.toml:2");
}

TEST_CASE("a table header that starts with no key is an error of the file", "[config]") {
  for (const char* text : {"[/a]\n", "[[/a]]\n", "[=]\n", "[", "[\x01]\n", "a./ = 1\n"}) {
    INFO(text);
    CHECK(Parse(text).problems.size() == 1);
  }
}

TEST_CASE("a letter behind a value is an error of the file", "[config]") {
  for (const char* text :
       {"a = 1 \u00e9\n", "a = [1, \"b\"\u00e9]\n", "\u00e9 = 1\n", "a = 1\u2001\n"}) {
    INFO(text);
    CHECK(Parse(text).problems.size() == 1);
  }
}

TEST_CASE("a file over the limit is refused unread", "[config]") {
  const Outcome outcome = Parse(std::string(kMaxConfigBytes + 1, '#'));
  REQUIRE(outcome.problems.size() == 1);
  CHECK(outcome.problems[0].what == "over 1048576 bytes");
}

TEST_CASE("numbers that do not fit, and units that do not exist, are refused", "[config]") {
  for (const char* text :
       {"size = \"99999999999999 GiB\"", "size = \"1 parsec\"", "size = \"\"", "wait = 5",
        "wait = \"-1s\"", "wait = \"1s1s\"", "count = 1.5", "count = \"3\""}) {
    INFO(text);
    CHECK(Parse("[limits]\n" + std::string(text)).problems.size() == 1);
  }
}

TEST_CASE("control characters in a text are refused", "[config]") {
  CHECK(Parse("auth.schemes = [\"a\\u0000b\"]").problems.size() == 1);
  CHECK(Parse("auth.key = \"abcd\\u007f\"").problems.size() == 1);
}

TEST_CASE("an address needs a host and a port that exists", "[config]") {
  for (const char* text : {":80", "host", "host:", "host:65536", "::1:80", "a b:1"}) {
    INFO(text);
    CHECK(Parse("net.address = \"" + std::string(text) + "\"").problems.size() == 1);
  }
  CHECK(Parse("net.address = \"\"").problems.empty());
}

TEST_CASE("a refused secret is not repeated in the message", "[config]") {
  CHECK(Parse("auth.key = \"abc\"").Said() ==
        Lines{"m.toml:1: auth.key is a secret, but must be a text from 4 to 64 bytes long"});
}

TEST_CASE("a secret can stand in a file of its own", "[config]") {
  const std::string path = "unit_config_secret.tmp";
  std::ofstream(path) << "from a file\n";
  const Outcome outcome = Parse("auth.key_file = \"" + path + "\"");
  CHECK(outcome.Said() == Lines{});
  CHECK(outcome.config.Text("auth.key") == "from a file");
  CHECK(Parse("auth.key = \"hush\"\nauth.key_file = \"" + path + "\"").Said() ==
        Lines{"m.toml:2: auth.key and auth.key_file are both set"});
  CHECK(Parse("auth.key_file = \"/nonexistent\"").problems.size() == 1);
  std::remove(path.c_str());
}

TEST_CASE("sections of plugins are passed on as JSON", "[config]") {
  const Outcome outcome =
      Parse("[plugin.push_x]\nurl = \"u\\n\"\nlist = [1, true, 1.5]\nsub.a = \"b\"\n");
  REQUIRE(outcome.Said() == Lines{});
  CHECK(outcome.config.PluginJson("push_x") ==
        R"({"list":[1,true,1.5],"sub":{"a":"b"},"url":"u\u000a"})");
  CHECK(outcome.config.PluginJson("other") == "{}");
  CHECK(Parse("plugin.x = 1").problems.size() == 1);
}

TEST_CASE("the environment overrides the file, the command line overrides both", "[config]") {
  Outcome outcome = Parse("[limits]\ncount = 2\nsize = 7\nwait = \"1s\"");
  ApplyEnvironment(Lines{"MOLVA_LIMITS_COUNT=3", "MOLVA_LIMITS_SIZE=8", "MOLVA_AUTH_SCHEMES=p, q",
                         "MOLVA_BUILD_DIR=ours not", "PATH=/bin"},
                   outcome.config, outcome.problems);
  ApplyOverrides(std::vector<Override>{{"limits.count", "4"}}, outcome.config, outcome.problems);
  REQUIRE(outcome.Said() == Lines{});
  CHECK(outcome.config.Integer("limits.count") == 4);
  CHECK(outcome.config.Bytes("limits.size") == 8);
  CHECK(outcome.config.Duration("limits.wait") == absl::Seconds(1));
  CHECK(outcome.config.List("auth.schemes") == Lines{"p", "q"});
}

TEST_CASE("a slip in the name of a variable is a problem, not silence", "[config]") {
  Outcome outcome;
  ApplyEnvironment(Lines{"MOLVA_LIMITS_CUONT=3"}, outcome.config, outcome.problems);
  CHECK(outcome.Said() ==
        Lines{"MOLVA_LIMITS_CUONT: no such setting; did you mean MOLVA_LIMITS_COUNT?"});
}

TEST_CASE("a variable that is not UTF-8 is refused", "[config]") {
  Outcome outcome;
  ApplyEnvironment(Lines{"MOLVA_AUTH_KEY=\xff\xff\xff\xff"}, outcome.config, outcome.problems);
  CHECK(outcome.problems.size() == 1);
}

TEST_CASE("a file that is not there is a problem that names it", "[config]") {
  Sources sources;
  sources.file = "/nonexistent/m.toml";
  const Loaded loaded = Load(kRows, sources);
  REQUIRE(loaded.problems.size() == 1);
  CHECK(loaded.problems[0].ToString() ==
        "/nonexistent/m.toml: cannot be read: No such file or directory");
}

TEST_CASE("settings that contradict each other are refused together", "[config]") {
  Sources sources;
  sources.overrides = {{"tls.key", "k.pem"}, {"limits.queue_soft", "9000"}};
  const Loaded loaded = Load(NodeSettings(), sources);
  CHECK(loaded.problems.size() == 2);
}

TEST_CASE("the difference of two configurations names rows and plugin sections", "[config]") {
  const Outcome a = Parse("limits.count = 2\nplugin.x.k = 1\nplugin.y.k = 1");
  const Outcome b = Parse("limits.count = 3\nplugin.x.k = 1\nplugin.z.k = 1");
  CHECK(Config::Differences(a.config, b.config) == Lines{"limits.count", "plugin.y", "plugin.z"});
}

}  // namespace
}  // namespace molva::config
