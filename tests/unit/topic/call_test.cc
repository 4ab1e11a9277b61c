#include "topic/call.h"

#include "tests/support/catch.h"

namespace molva::topic {
namespace {

using model::SessionHandle;
using model::UserId;

const UserId kAnn = UserId::FromBits(1);
const UserId kBob = UserId::FromBits(2);
constexpr SessionHandle kAnnsPhone{0, 1, 1};
constexpr SessionHandle kAnnsLaptop{0, 2, 1};
constexpr SessionHandle kBobsPhone{1, 1, 1};
constexpr SessionHandle kBobsLaptop{1, 2, 1};
const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

// Ann asks Bob, by message 7.
Call Ringing() {
  store::MessageRecord message;
  message.seq = 7;
  message.from = kAnn;
  message.head = {{"webrtc", model::JsonText("started")},
                  {"mime", model::JsonText("text/x-drafty")},
                  {"aonly", {"true"}}};
  message.content = {R"({"txt":" "})"};
  Call call;
  call.Begin(message, kAnnsPhone);
  return call;
}

std::string HeadText(const Call& call, std::string_view word, absl::Time now) {
  return model::JsonObject(call.Replacement(word, now)).text;
}

TEST_CASE("only who is asked takes a call, and only once") {
  Call call = Ringing();
  CHECK(call.is_active());
  CHECK_FALSE(call.Accept({kAnn, kAnnsLaptop, 7}, kStart));
  CHECK_FALSE(call.Accept({kBob, kBobsPhone, 6}, kStart));
  CHECK(call.IsAsked({kBob, kBobsPhone, 7}));
  CHECK(call.Accept({kBob, kBobsPhone, 7}, kStart));
  CHECK_FALSE(call.Accept({kBob, kBobsLaptop, 7}, kStart));
  CHECK_FALSE(call.IsAsked({kBob, kBobsLaptop, 7}));
}

TEST_CASE("the two sessions of a call reach each other, and nobody else does") {
  Call call = Ringing();
  CHECK_FALSE(call.OtherParty({kAnn, kAnnsPhone, 7}).has_value());
  REQUIRE(call.Accept({kBob, kBobsPhone, 7}, kStart));
  CHECK(call.OtherParty({kAnn, kAnnsPhone, 7}) == kBobsPhone);
  CHECK(call.OtherParty({kBob, kBobsPhone, 7}) == kAnnsPhone);
  CHECK_FALSE(call.OtherParty({kBob, kBobsLaptop, 7}).has_value());
  CHECK_FALSE(call.OtherParty({kAnn, kAnnsPhone, 8}).has_value());
}

TEST_CASE("how a call ends depends on who ends it and when") {
  Call call = Ringing();
  CHECK(call.EndIfHungUp({kAnn, kAnnsPhone, 7}) == CallEnd::kMissed);
  CHECK_FALSE(call.EndIfHungUp({kAnn, kAnnsLaptop, 7}).has_value());
  CHECK(call.EndIfHungUp({kBob, kBobsLaptop, 7}) == CallEnd::kDeclined);
  CHECK_FALSE(call.EndIfHungUp({kBob, kBobsLaptop, 8}).has_value());
  CHECK(call.EndIfLost(kAnnsPhone) == CallEnd::kDisconnected);
  CHECK_FALSE(call.EndIfLost(kBobsPhone).has_value());
  CHECK_FALSE(call.EndIfLost(SessionHandle{}).has_value());
  CHECK(call.EndIfUnanswered(7) == CallEnd::kMissed);
  CHECK_FALSE(call.EndIfUnanswered(5).has_value());
  REQUIRE(call.Accept({kBob, kBobsPhone, 7}, kStart));
  CHECK(call.EndIfHungUp({kBob, kBobsPhone, 7}) == CallEnd::kFinished);
  CHECK_FALSE(call.EndIfHungUp({kBob, kBobsLaptop, 7}).has_value());
  CHECK(call.EndIfLost(kBobsPhone) == CallEnd::kDisconnected);
  CHECK_FALSE(call.EndIfUnanswered(7).has_value());
}

TEST_CASE("messages that replace the first one keep its mime and say how long the call lasted") {
  Call call = Ringing();
  CHECK(HeadText(call, "missed", kStart + absl::Seconds(9)) ==
        R"({"replace":":7","webrtc":"missed","mime":"text/x-drafty"})");
  REQUIRE(call.Accept({kBob, kBobsPhone, 7}, kStart));
  CHECK(HeadText(call, "accepted", kStart) ==
        R"({"replace":":7","webrtc":"accepted","mime":"text/x-drafty"})");
  CHECK(HeadText(call, "finished", kStart + absl::Milliseconds(1500)) ==
        R"({"replace":":7","webrtc":"finished","mime":"text/x-drafty","webrtc-duration":1500})");
}

TEST_CASE("without a call nothing ends one") {
  Call call = Ringing();
  call.Clear();
  CHECK_FALSE(call.is_active());
  CHECK_FALSE(call.EndIfHungUp({kAnn, kAnnsPhone, 7}).has_value());
  CHECK_FALSE(call.EndIfHungUp({kAnn, kAnnsPhone, 0}).has_value());
  CHECK_FALSE(call.EndIfLost(kAnnsPhone).has_value());
  CHECK_FALSE(call.EndIfLost(SessionHandle{}).has_value());
  CHECK_FALSE(call.EndIfUnanswered(0).has_value());
}

}  // namespace
}  // namespace molva::topic
