// What is said and shown of how long messages stay.
#include "clients/cli/retention.h"

#include <algorithm>

#include "clients/cli/command.h"
#include "tests/support/catch.h"

namespace molva::cli {
namespace {

// What `molva VERB` makes of these words and options.
absl::StatusOr<Arguments> ParseFor(std::string_view verb, const std::vector<std::string>& texts) {
  const std::vector<Command>& all = AllCommands();
  const auto command =
      std::find_if(all.begin(), all.end(), [verb](const Command& one) { return one.name == verb; });
  REQUIRE(command != all.end());
  return Arguments::Parse(texts, command->options);
}

TEST_CASE("a message is sent once without a value behind the option", "[cli]") {
  const auto parsed = ParseFor("send", {"bob", "--once", "the code"});
  REQUIRE(parsed.ok());
  CHECK(parsed->Has("once"));
  CHECK(parsed->words() == std::vector<std::string>{"bob", "the code"});
  CHECK_FALSE(ParseFor("send", {"bob", "--once=yes", "x"}).ok());
}

absl::StatusOr<RetentionChange> ChangeOf(const std::vector<std::string>& texts) {
  return RetentionChange::Of(*ParseFor("keep", texts));
}

TEST_CASE("what a chat is to keep is said in up to three ways", "[cli]") {
  using Aux = std::map<std::string, std::string>;
  CHECK(ChangeOf({"bob"})->aux.empty());
  CHECK(ChangeOf({"bob", "7d"})->aux == Aux{{"x-molva-ttl", "604800"}});
  CHECK(ChangeOf({"bob", "forever"})->aux == Aux{{"x-molva-ttl", "\"\u2421\""}});
  CHECK(ChangeOf({"bob", "--history", "90d"})->aux == Aux{{"x-molva-keep", "7776000"}});
  CHECK(ChangeOf({"bob", "--history=forever"})->aux == Aux{{"x-molva-keep", "\"\u2421\""}});
  CHECK(ChangeOf({"bob", "--once", "off"})->aux == Aux{{"x-molva-once", "\"\u2421\""}});
  const auto all = ChangeOf({"bob", "1h", "--once", "on", "--history", "1d"});
  REQUIRE(all.ok());
  CHECK(all->aux ==
        Aux{{"x-molva-ttl", "3600"}, {"x-molva-keep", "86400"}, {"x-molva-once", "true"}});
  CHECK(NeedsOf(*all).size() == 3);
  CHECK(NeedsOf(*ChangeOf({"bob", "--history", "1d"})).front().capability == "keep");
  CHECK(NeedsOf(*ChangeOf({"bob"})).empty());
  for (const std::vector<std::string>& texts : {std::vector<std::string>{"bob", "soon"},
                                                {"bob", "367d"},
                                                {"bob", "--history", "59"},
                                                {"bob", "--history", ""},
                                                {"bob", "--once", "true"},
                                                {"bob", "--once", ""}}) {
    INFO(texts.back());
    CHECK(absl::IsInvalidArgument(ChangeOf(texts).status()));
  }
}

TEST_CASE("what a chat keeps is shown in sentences and for programs", "[cli]") {
  molva::v1::ServerMeta meta;
  CHECK(RetentionText(meta) == "Messages stay for good.");
  CHECK(RetentionObject(meta).Line() == "{}");
  (*meta.mutable_aux())["x-molva-ttl"] = "3600";
  (*meta.mutable_aux())["x-molva-keep"] = "7776000";
  (*meta.mutable_aux())["x-molva-once"] = "true";
  CHECK(RetentionText(meta) ==
        "Messages stay for 1h.\nWhat is older than 90d goes.\nNew messages go when all have them.");
  CHECK(RetentionObject(meta).Line() == R"({"ttl":3600,"history":7776000,"once":true})");
}

}  // namespace
}  // namespace molva::cli
