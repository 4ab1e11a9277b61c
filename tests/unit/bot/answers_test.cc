// What the bot takes for meant for it, and what it says.
#include "clients/bot/answers.h"

#include "tests/support/catch.h"

namespace molva::bot {
namespace {

const Self kSelf{"usrBot", "helper"};

molva::v1::ServerData Said(const std::string& topic, const std::string& content) {
  molva::v1::ServerData message;
  message.set_topic(topic);
  message.set_from_user_id("usrAnn");
  message.set_content(content);
  return message;
}

TEST_CASE("what somebody writes to the bot alone is meant for it", "[bot]") {
  CHECK(MeantFor(kSelf, Said("usrAnn", "\"help\"")) == "help");
  CHECK(MeantFor(kSelf, Said("usrAnn", R"({"txt":" echo a "})")) == "echo a");
  CHECK(MeantFor(kSelf, Said("usrAnn", "17")) == "");  // no text, yet a message
}

TEST_CASE("in a group only a mention is", "[bot]") {
  CHECK_FALSE(MeantFor(kSelf, Said("grpA", "\"help\"")).has_value());
  CHECK(MeantFor(kSelf, Said("grpA", "\"@helper time\"")) == "time");
  CHECK(MeantFor(kSelf, Said("grpA", "\"tell me, @helper\"")) == "tell me,");
  CHECK_FALSE(MeantFor(kSelf, Said("grpA", "\"@helpers time\"")).has_value());
  CHECK(MeantFor(kSelf, Said("grpA", "\"@helpers @helper time\"")) == "@helpers  time");
  auto by_head = Said("grpA", "\"time\"");
  (*by_head.mutable_head())["mentions"] = R"(["usrBob","usrBot"])";
  CHECK(MeantFor(kSelf, by_head) == "time");
  CHECK(MeantFor(kSelf,
                 Said("grpA", R"({"txt":"time","ent":[{"tp":"MN","data":{"val":"usrBot"}}]})")) ==
        "time");
  CHECK_FALSE(
      MeantFor(kSelf, Said("grpA", R"({"txt":"x","ent":[{"tp":"MN","data":{"val":"usrBob"}}]})"))
          .has_value());
}

TEST_CASE("it answers neither itself nor another bot, nor nobody", "[bot]") {
  auto own = Said("usrAnn", "\"help\"");
  own.set_from_user_id("usrBot");
  CHECK_FALSE(MeantFor(kSelf, own).has_value());
  auto bots = Said("usrAnn", "\"help\"");
  (*bots.mutable_head())[kBotKey] = "true";
  CHECK_FALSE(MeantFor(kSelf, bots).has_value());
  auto channels = Said("chnA", "\"@helper help\"");
  channels.clear_from_user_id();
  CHECK_FALSE(MeantFor(kSelf, channels).has_value());
}

TEST_CASE("it knows a few words", "[bot]") {
  const absl::Time now = absl::FromUnixSeconds(3 * 3600 + 5 * 60);
  CHECK(AnswerTo("time", now) == "It is 03:05 UTC.");
  CHECK(AnswerTo("Echo  a b ", now) == "a b");
  CHECK(AnswerTo("count grüße", now) == "5 characters.");
  CHECK(AnswerTo("what?", now).find("help") != std::string::npos);
}

}  // namespace
}  // namespace molva::bot
