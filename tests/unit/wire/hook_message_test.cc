// What incoming webhooks take.
#include "wire/hook_message.h"

#include "tests/support/catch.h"

namespace molva::wire {
namespace {

absl::StatusOr<model::Pub> TakeHook(std::string_view body) {
  JsonDecoder decoder(DecodeLimits{.max_packet_bytes = 1000 + kHookPacketBytes});
  return DecodeHookMessage(decoder, body);
}

TEST_CASE("a hook takes text, or content with a head, and ignores the rest", "[hook]") {
  CHECK(TakeHook(R"({"text":"hi \"you\"","username":"ci"})")->content.text == R"("hi \"you\"")");
  const auto rich = TakeHook(R"( {"head":{"mime":"text/x-drafty"}, "content":{"txt":"a"}} )");
  REQUIRE(rich.ok());
  CHECK(rich->content.text == R"({"txt":"a"})");
  CHECK(model::FindField(rich->head, "mime")->text == R"("text/x-drafty")");
  CHECK(TakeHook(R"({"content":1,"text":"a"})")->content.text == "1");
}

TEST_CASE("a hook cannot choose the topic, nor send anything else", "[hook]") {
  const auto message = TakeHook(
      R"({"text":"a","topic":"grpX","id":"1","noecho":true,"extra":{"obo":"usrX"},"del":{}})");
  REQUIRE(message.ok());
  CHECK(message->topic.empty());
  CHECK(message->content.text == "\"a\"");
}

TEST_CASE("a hook refuses what is no message, and says why", "[hook]") {
  for (const char* body :
       {"", " ", "text", "[]", "7", "null", "{}", R"({"text":""})", R"({"text":7})",
        R"({"head":{}})", R"({"text":"a")", R"({"text":"a"} x)", R"({"text":"a"},"x":{"y":1)",
        R"({"text":"a","head":7})", "{\"text\":\"\xff\"}", R"({"content":[1}})"}) {
    INFO(body);
    const absl::Status status = TakeHook(body).status();
    CHECK(absl::IsInvalidArgument(status));
    CHECK_FALSE(status.message().empty());
  }
  CHECK_FALSE(TakeHook("{\"text\":\"" + std::string(1100, 'x') + "\"}").ok());
}

}  // namespace
}  // namespace molva::wire
