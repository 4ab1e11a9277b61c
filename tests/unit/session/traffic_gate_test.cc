#include "session/traffic_gate.h"

#include "tests/support/catch.h"

namespace molva::session {
namespace {

using Limit = TrafficGate::Limit;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
constexpr model::UserId kAnn = model::UserId::FromBits(1);
constexpr model::UserId kBob = model::UserId::FromBits(2);
const model::TopicName kTopic = model::TopicName::Group(7);
const model::TopicName kOther = model::TopicName::Group(8);
constexpr absl::Duration kNone = absl::ZeroDuration();

SCENARIO("who has used up ten seconds' worth waits", "[traffic_gate]") {
  GIVEN("a user who has sent twenty messages at a limit of two per second") {
    TrafficGate gate({.user_messages = 2}, 1);
    for (int i = 0; i < 20; ++i) REQUIRE(gate.AdmitMessage(kAnn, kTopic, kNow) == kNone);
    THEN("the next one waits for its turn, in any topic, and is counted") {
      CHECK(gate.AdmitMessage(kAnn, kTopic, kNow) == absl::Milliseconds(500));
      CHECK(gate.AdmitMessage(kAnn, kOther, kNow) == absl::Milliseconds(500));
      CHECK(gate.refused(Limit::kUser) == 2);
      CHECK(gate.refused(Limit::kTopic) == 0);
    }
    THEN("asking again does not make it longer") {
      for (int i = 0; i < 100; ++i) gate.AdmitMessage(kAnn, kTopic, kNow);
      CHECK(gate.AdmitMessage(kAnn, kTopic, kNow + absl::Milliseconds(500)) == kNone);
      CHECK(gate.AdmitMessage(kAnn, kTopic, kNow + absl::Milliseconds(500)) != kNone);
    }
    THEN("others do not wait, nor do notes and requests") {
      CHECK(gate.AdmitMessage(kBob, kTopic, kNow) == kNone);
      CHECK(gate.AdmitNote(kAnn, kNow) == kNone);
      CHECK(gate.AdmitRequest("192.0.2.1", kNow) == kNone);
    }
    THEN("after ten seconds all is forgotten") {
      const absl::Time later = kNow + absl::Seconds(10);
      for (int i = 0; i < 20; ++i) REQUIRE(gate.AdmitMessage(kAnn, kTopic, later) == kNone);
      CHECK(gate.AdmitMessage(kAnn, kTopic, later) != kNone);
    }
    THEN("a limit that is raised holds from then on, one that is taken away for nobody") {
      gate.SetRates({.user_messages = 4});
      CHECK(gate.AdmitMessage(kAnn, kTopic, kNow) == absl::Milliseconds(250));
      gate.SetRates({});
      CHECK(gate.AdmitMessage(kAnn, kTopic, kNow) == kNone);
    }
  }
}

TEST_CASE("a topic is held to its limit over all users, and their own is not touched by that",
          "[traffic_gate]") {
  TrafficGate gate({.user_messages = 1, .topic_messages = 1}, 1);
  for (std::uint64_t i = 1; i <= 10; ++i) {
    REQUIRE(gate.AdmitMessage(model::UserId::FromBits(i), kTopic, kNow) == kNone);
  }
  constexpr model::UserId kLate = model::UserId::FromBits(11);
  for (int i = 0; i < 50; ++i) CHECK(gate.AdmitMessage(kLate, kTopic, kNow) == absl::Seconds(1));
  CHECK(gate.refused(Limit::kTopic) == 50);
  CHECK(gate.AdmitMessage(model::UserId::Nobody(), kTopic, kNow) == absl::Seconds(1));
  for (int i = 0; i < 10; ++i) CHECK(gate.AdmitMessage(kLate, kOther, kNow) == kNone);
}

TEST_CASE("whoever is counted for nobody has only the topic's limit", "[traffic_gate]") {
  TrafficGate gate({.user_messages = 1}, 1);
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(gate.AdmitMessage(model::UserId::Nobody(), kTopic, kNow) == kNone);
  }
}

TEST_CASE("an address is held to its limit with its network; this machine is not",
          "[traffic_gate]") {
  TrafficGate gate({.address_requests = 1}, 1);
  for (int i = 0; i < 10; ++i) REQUIRE(gate.AdmitRequest("2001:db8:1:2::7", kNow) == kNone);
  CHECK(gate.AdmitRequest("2001:db8:1:2:3:4:5:6", kNow) == absl::Seconds(1));
  CHECK(gate.AdmitRequest("2001:db8:1:3::7", kNow) == kNone);
  CHECK(gate.refused(Limit::kAddress) == 1);
  for (const char* here : {"127.0.0.1", "::ffff:127.0.0.1", "::1", ""}) {
    for (int i = 0; i < 100; ++i) CHECK(gate.AdmitRequest(here, kNow) == kNone);
  }
}

TEST_CASE("notes have a limit of their own", "[traffic_gate]") {
  TrafficGate gate({.user_notes = 3}, 1);
  for (int i = 0; i < 30; ++i) REQUIRE(gate.AdmitNote(kAnn, kNow) == kNone);
  CHECK(gate.AdmitNote(kAnn, kNow) > kNone);
  CHECK(gate.refused(Limit::kNotes) == 1);
  CHECK(gate.AdmitMessage(kAnn, kTopic, kNow) == kNone);
}

TEST_CASE("strangers rarely wait for each other's traffic", "[traffic_gate]") {
  TrafficGate gate({.user_notes = 1}, 1);
  int waited = 0;
  for (std::uint64_t user = 1; user <= 1000; ++user) {
    for (int i = 0; i < 10; ++i) {
      waited += gate.AdmitNote(model::UserId::FromBits(user), kNow) == kNone ? 0 : 1;
    }
  }
  CHECK(waited <= 3);
}

}  // namespace
}  // namespace molva::session
