// Frames as values and as bytes.
#include "federation/peer/frames.h"

#include "base/retry_schedule.h"
#include "chain/merkle.h"
#include "federation/link/pipe.h"
#include "federation/peer/domain_rules.h"
#include "federation/peer/token_bucket.h"
#include "tests/support/catch.h"
#include "tests/support/sim_world.h"

namespace molva::federation {
namespace {

const absl::Time kNow = absl::FromUnixMillis(1'800'000'000'123);

template <typename T>
T Again(const std::string& bytes) {
  const absl::StatusOr<ReceivedFrame> frame = DecodeFrame(bytes);
  REQUIRE(frame.ok());
  REQUIRE(std::holds_alternative<T>(*frame));
  return std::get<T>(*frame);
}

TEST_CASE("each kind of frame comes back as it was", "[frames]") {
  Hello hello;
  hello.domain = "a.example";
  hello.capabilities = {"x", "y"};
  hello.software = "molva 1";
  hello.time = kNow;
  hello.credit_bytes = 12'345'678'901;
  hello.heartbeat = absl::Seconds(31);
  const Hello hello_again = Again<Hello>(EncodeFrame(hello));
  CHECK(hello_again.domain == hello.domain);
  CHECK(hello_again.capabilities == hello.capabilities);
  CHECK(hello_again.time == kNow);
  CHECK(hello_again.credit_bytes == hello.credit_bytes);
  CHECK(hello_again.heartbeat == hello.heartbeat);

  const Resume resume = Again<Resume>(EncodeFrame(Resume{{{"t", 5, -1, {}}, {"u", -1, 0, {}}}}));
  REQUIRE(resume.topics.size() == 2);
  CHECK(resume.topics[0].events == 5);
  CHECK(resume.topics[0].proposals == -1);

  const Ack ack = Again<Ack>(EncodeFrame(Ack{{{"t", 5, 6, {{6, 403, "no", {"{}"}}}}}}));
  REQUIRE(ack.topics.size() == 1);
  REQUIRE(ack.topics[0].outcomes.size() == 1);
  CHECK(ack.topics[0].outcomes[0].code == 403);
  CHECK(ack.topics[0].outcomes[0].params.text == "{}");

  CHECK(Again<Credit>(EncodeFrame(Credit{7})).bytes == 7);
  CHECK(Again<PingFrame>(EncodeFrame(PingFrame{8})).nonce == 8);
  CHECK(Again<PongFrame>(EncodeFrame(PongFrame{9})).nonce == 9);
  CHECK(Again<Bye>(EncodeFrame(Bye{"denied"})).reason == "denied");
  CHECK(Again<Notes>(EncodeFrame(Notes{{{"t", "u", "kp", 4}}})).notes[0].what == "kp");

  const Presence presence = Again<Presence>(
      EncodeFrame(Presence{{{"u", UserStatus::What::kAgent, "web", kNow}}, true, false}));
  CHECK(presence.entries[0].what == UserStatus::What::kAgent);
  CHECK(presence.entries[0].card_time == kNow);
  CHECK(presence.snapshot_begins);
  CHECK_FALSE(presence.snapshot_ends);

  const Call call = Again<Call>(EncodeFrame(Call{3, Call::Question::kLookUp, "name"}));
  CHECK(call.question == Call::Question::kLookUp);
  CHECK(call.text == "name");
  Found found{"n", {"1"}, {"2"}, kNow, "JR", {"a:b"}, 12};
  const CallResult result = Again<CallResult>(EncodeFrame(CallResult{3, 200, {found}}));
  CHECK(result.found[0].tags == found.tags);
  CHECK(result.found[0].subscribers == 12);

  const RefusalFrame refusal = Again<RefusalFrame>(
      EncodeFrame(RefusalFrame{"t", topic::LaneKind::kProposals, 4, "bad_seq"}));
  CHECK(refusal.kind == topic::LaneKind::kProposals);
  CHECK(refusal.n == 4);
}

TEST_CASE("a batch keeps bodies, payloads and proofs to the byte, within the announced size",
          "[frames]") {
  topic::LaneItem item;
  item.n = 1;
  item.body = std::string("\0\x01 any bytes \xff", 14);
  item.payload = chain::Payload{{{"mime", {"\"text/x-drafty\""}}, {"k", {"1"}}}, {"{\"a\": 1}"}};
  item.cause = "the proposal";
  item.cause_proof = chain::Encode(
      chain::Proof{std::string(16, 'k'),
                   std::string(64, 's'),
                   2,
                   5,
                   {std::string(32, 'x'), std::string(32, 'y'), std::string(32, 'z')}});
  const auto shared = std::make_shared<const topic::LaneItem>(item);
  const std::string bytes = EncodeBatch({{topic::LaneKind::kChain, shared}}, "key", "signature");
  CHECK(bytes.size() < SizeInBatch(item) + 64);
  const ReceivedBatch batch = Again<ReceivedBatch>(bytes);
  CHECK(batch.key_id == "key");
  CHECK(batch.signature == "signature");
  REQUIRE(batch.items.size() == 1);
  CHECK(batch.items[0].body == item.body);
  CHECK(batch.items[0].cause == item.cause);
  CHECK(batch.items[0].cause_proof == item.cause_proof);
  REQUIRE(batch.items[0].payload.has_value());
  CHECK(chain::HashOf(*batch.items[0].payload) == chain::HashOf(*item.payload));
}

TEST_CASE("bytes that are no frame are an error, an unknown kind is not", "[frames]") {
  CHECK_FALSE(DecodeFrame("\xff\xff\xff").ok());
  CHECK_FALSE(DecodeFrame(std::string(kMaxFrameBytes + 1, '\0')).ok());
  CHECK(std::holds_alternative<UnknownFrame>(*DecodeFrame("")));
  // Field 100, empty.
  CHECK(std::holds_alternative<UnknownFrame>(*DecodeFrame(std::string("\xa2\x06\x00", 3))));
  CHECK_FALSE(DecodeFrame(EncodeBatch({}, "k", "s")).ok());
  for (std::size_t size = 1; size < 40; ++size) {
    const std::string whole = EncodeFrame(Bye{std::string(50, 'x')});
    CHECK_FALSE(DecodeFrame(whole.substr(0, size)).ok());
  }
}

TEST_CASE("rules name domains, what is below them, or everybody; deny goes first", "[rules]") {
  CHECK(DomainMatches("a.example", "a.example"));
  CHECK_FALSE(DomainMatches("a.example", "b.a.example"));
  CHECK(DomainMatches("*.a.example", "b.a.example"));
  CHECK_FALSE(DomainMatches("*.a.example", "a.example"));
  CHECK_FALSE(DomainMatches("*.a.example", "xa.example"));
  CHECK(DomainMatches("*", "anything"));
  const DomainRules rules{{"*.good"}, {"bad.good"}, {"quiet.good"}};
  CHECK(rules.Allows("one.good"));
  CHECK_FALSE(rules.Allows("bad.good"));
  CHECK_FALSE(rules.Allows("other"));
  CHECK(rules.TellsPresence("one.good"));
  CHECK_FALSE(rules.TellsPresence("quiet.good"));
  CHECK(DomainRules{}.Allows("anybody"));
}

TEST_CASE("the ceiling of retries doubles up to the longest", "[retry]") {
  test::SeededRandom random(1);
  base::RetrySchedule schedule(absl::Seconds(1), absl::Hours(1));
  absl::Duration ceiling = absl::Seconds(1);
  for (int i = 0; i < 40; ++i) {
    const absl::Duration delay = schedule.Next(random);
    CHECK(delay >= absl::ZeroDuration());
    CHECK(delay <= ceiling);
    ceiling = std::min(ceiling * 2, absl::Hours(1));
  }
  schedule.Reset();
  CHECK(schedule.Next(random) <= absl::Seconds(1));
  absl::Duration longest;
  schedule.GiveTime();
  for (int i = 0; i < 100; ++i) longest = std::max(longest, schedule.Next(random));
  CHECK(longest > absl::Minutes(50));
}

TEST_CASE("a bucket gives its burst, then its rate", "[rate]") {
  TokenBucket bucket(10, 5);
  absl::Time now = kNow;
  for (int i = 0; i < 5; ++i) CHECK(bucket.Take(now));
  CHECK_FALSE(bucket.Take(now));
  now += absl::Milliseconds(250);
  CHECK(bucket.Take(now));
  CHECK(bucket.Take(now));
  CHECK_FALSE(bucket.Take(now));
  CHECK_FALSE(bucket.Take(now - absl::Hours(1)));
}

}  // namespace
}  // namespace molva::federation
