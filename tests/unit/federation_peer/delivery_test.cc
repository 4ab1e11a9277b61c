// Entries on their way from one store to the topics of another server.
#include <algorithm>

#include "chain/merkle.h"
#include "tests/support/catch.h"
#include "tests/unit/federation_peer/peer_world.h"

namespace molva::federation {
namespace {

using topic::LaneKind;

std::vector<std::int64_t> UpTo(std::int64_t n) {
  std::vector<std::int64_t> all;
  for (std::int64_t i = 1; i <= n; ++i) all.push_back(i);
  return all;
}

// Numbers without repetitions, in order of their first coming.
std::vector<std::int64_t> Distinct(const std::vector<std::int64_t>& numbers) {
  std::vector<std::int64_t> seen;
  for (const std::int64_t n : numbers) {
    if (std::find(seen.begin(), seen.end(), n) == seen.end()) seen.push_back(n);
  }
  return seen;
}

TEST_CASE("what is published arrives, checked and decoded, and the store learns of it",
          "[delivery]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  TestChain chain(a, 5);
  for (int i = 0; i < 10; ++i) chain.Publish("b.example");
  world.sim.Advance(absl::Seconds(5));
  CHECK(b.Entries(LaneKind::kChain) == UpTo(10));
  const topic::PeerEntries first = b.Told<topic::PeerEntries>().front();
  CHECK(first.domain == "a.example");
  REQUIRE(first.items.front()->event.has_value());
  CHECK(first.items.front()->event->topic == chain.global());
  CHECK_FALSE(first.items.front()->proof.empty());
  CHECK(a.Pending("b.example").empty());
  CHECK(a.StatsOf("b.example").pending == 0);
}

TEST_CASE("the proof that a receiver keeps shows who signed the entry", "[delivery]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  TestChain chain(a, 5);
  std::vector<topic::LaneItemPtr> items;
  for (int i = 0; i < 5; ++i) items.push_back(chain.Append("b.example"));
  for (const auto& item : items) {
    a.peers->port(0).Deliver("b.example", chain.name(), LaneKind::kChain, item);
  }
  world.sim.Advance(absl::Seconds(5));
  for (const topic::PeerEntries& entries : b.Told<topic::PeerEntries>()) {
    for (const topic::LaneItemPtr& item : entries.items) {
      const absl::StatusOr<chain::Proof> proof = chain::DecodeProof(item->proof);
      REQUIRE(proof.ok());
      const absl::StatusOr<std::string> root =
          chain::RootOf(chain::LeafOf(chain::BodyKind::kEvent, item->body), *proof);
      REQUIRE(root.ok());
      CHECK(Verify(a.key.public_key(), chain::SignedText("a.example", *root), proof->signature));
    }
  }
}

TEST_CASE("what is due without anybody saying so is sent when the peers start", "[delivery]") {
  PeerWorld world;
  PeerNode& b = world.Add("b.example");
  auto disk = std::make_shared<test::MemoryDisk>();
  constexpr int kEntries = 1000;
  {
    PeerNode writer(world, "a.example", world.KeyOf("a.example"), {}, {}, disk);
    TestChain chain(writer, 5);
    for (int i = 0; i < kEntries; ++i) chain.Append("b.example");
    world.network.Vanish("a.example", test::SimNetwork::Death::kProcess);
    writer.Halt();
  }
  CHECK(b.Entries(LaneKind::kChain).empty());
  world.nodes.push_back(std::make_unique<PeerNode>(world, "a.example", world.KeyOf("a.example"),
                                                   Options{}, DomainRules{}, disk));
  world.sim.Advance(absl::Seconds(20));
  CHECK(b.Entries(LaneKind::kChain) == UpTo(kEntries));
  CHECK(world.nodes.back()->Pending("b.example").empty());
}

TEST_CASE("what a break swallows is sent again, and nothing is left out", "[delivery]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    PeerWorld world(seed);
    PeerNode& a = world.Add("a.example");
    PeerNode& b = world.Add("b.example");
    TestChain one(a, 5);
    TestChain two(a, 6);
    for (int i = 0; i < 60; ++i) {
      one.Publish("b.example");
      if (i % 3 == 0) two.Publish("b.example");
      if (i % 20 == 10) world.network.Break("a.example", "b.example");
      world.sim.Advance(absl::Milliseconds(5));
    }
    world.sim.Advance(absl::Minutes(2));
    const auto of = [&](const TestChain& chain) {
      std::vector<std::int64_t> numbers;
      const absl::StatusOr<model::TopicName> name = b.names.TopicOfGlobal(chain.global());
      for (const auto& entries : b.Told<topic::PeerEntries>(name->ToString())) {
        for (const auto& item : entries.items) numbers.push_back(item->n);
      }
      return Distinct(numbers);
    };
    CHECK(of(one) == UpTo(60));
    CHECK(of(two) == UpTo(20));
    CHECK(a.Pending("b.example").empty());
  }
}

TEST_CASE("after a reconnect only what was not acknowledged is sent again", "[delivery]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  TestChain chain(a, 5);
  for (int i = 0; i < 50; ++i) chain.Publish("b.example");
  world.sim.Advance(absl::Seconds(30));
  REQUIRE(b.Entries(LaneKind::kChain) == UpTo(50));
  world.network.Break("a.example", "b.example");
  world.sim.Advance(absl::Seconds(30));
  chain.Publish("b.example");
  world.sim.Advance(absl::Seconds(30));
  CHECK(b.Entries(LaneKind::kChain) == UpTo(51));
}

TEST_CASE("an acknowledgement that got lost is made up for by the Resume", "[delivery]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  TestChain chain(a, 5);
  chain.Publish("b.example");
  world.sim.Advance(absl::Seconds(2));
  // Nothing of b reaches a: the entries arrive, their acknowledgements do not.
  world.network.Cut("b.example", "a.example");
  for (int i = 0; i < 5; ++i) chain.Publish("b.example");
  world.sim.Advance(absl::Seconds(2));
  REQUIRE(b.Entries(LaneKind::kChain) == UpTo(6));
  REQUIRE_FALSE(a.Pending("b.example").empty());
  world.network.Break("a.example", "b.example");
  world.network.MendAll();
  world.sim.Advance(absl::Minutes(1));
  CHECK(b.Entries(LaneKind::kChain) == UpTo(6));
  CHECK(a.Pending("b.example").empty());
}

TEST_CASE("a topic that asks again gets what it misses", "[delivery]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  TestChain chain(a, 5);
  for (int i = 0; i < 10; ++i) chain.Publish("b.example");
  world.sim.Advance(absl::Seconds(5));
  b.told.clear();
  const model::TopicName there = *b.names.TopicOfGlobal(chain.global());
  b.peers->port(1).AskAgain("a.example", there, LaneKind::kChain, 4);
  world.sim.Advance(absl::Seconds(5));
  CHECK(b.Entries(LaneKind::kChain) == std::vector<std::int64_t>{5, 6, 7, 8, 9, 10});
}

TEST_CASE("a topic that always asks again does not make the link run hot", "[delivery]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  b.answer = PeerNode::Answer::kNothing;
  TestChain chain(a, 5);
  chain.Publish("b.example");
  world.sim.Advance(absl::Seconds(1));
  const model::TopicName there = *b.names.TopicOfGlobal(chain.global());
  std::size_t asked = 0;
  for (int i = 0; i < 6000; ++i) {
    const std::size_t got = b.Entries(LaneKind::kChain).size();
    if (got > asked) {
      asked = got;
      b.peers->port(0).AskAgain("a.example", there, LaneKind::kChain, 0);
    }
    world.sim.Advance(absl::Milliseconds(100));
  }
  CHECK(asked > 15);
  CHECK(asked < 60);
}

TEST_CASE("a refusal stops one topic and is told to it; the others go on", "[delivery]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  TestChain bad(a, 5);
  TestChain good(a, 6);
  bad.Publish("b.example");
  world.sim.Advance(absl::Seconds(5));
  b.answer = PeerNode::Answer::kNothing;
  bad.Publish("b.example");
  world.sim.Advance(absl::Seconds(5));
  const model::TopicName there = *b.names.TopicOfGlobal(bad.global());
  b.peers->port(0).Refuse("a.example", there, LaneKind::kChain, 2, topic::Refusal::kNoRight);
  world.sim.Advance(absl::Seconds(5));
  b.answer = PeerNode::Answer::kAcknowledge;
  b.told.clear();
  const auto refused = a.Told<topic::PeerRefused>(bad.name().ToString());
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].n == 2);
  CHECK(refused[0].reason == "no_right");
  CHECK(refused[0].domain == "b.example");

  bad.Publish("b.example");
  good.Publish("b.example");
  world.sim.Advance(absl::Minutes(3));
  CHECK(b.Entries(LaneKind::kChain) == std::vector<std::int64_t>{1});
  CHECK(b.StatsOf("a.example").refused.at("no_right") == 1);
  CHECK(a.StatsOf("b.example").refused_us.at("no_right") == 1);
  SECTION("until it comes again") {
    a.peers->port(0).Deliver("b.example", bad.name(), LaneKind::kChain, TestChain(a, 5).MakeItem());
    world.sim.Advance(absl::Seconds(5));
    // Begun anew, and the store still has all three.
    CHECK(b.Entries(LaneKind::kChain) == std::vector<std::int64_t>{1, 1, 2, 3});
  }
  SECTION("or a link comes up") {
    world.network.Break("a.example", "b.example");
    world.sim.Advance(absl::Minutes(2));
    CHECK(b.Entries(LaneKind::kChain) == std::vector<std::int64_t>{1, 2, 3});
  }
}

TEST_CASE("topics that say nothing hold the sender back, and are asked again", "[delivery]") {
  PeerWorld world;
  Options options;
  options.credit_bytes = 1 << 20;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example", options);
  b.answer = PeerNode::Answer::kNothing;
  constexpr int kEntries = 12'000;  // over 100 bytes each
  TestChain chain(a, 5);
  for (int i = 0; i < kEntries; ++i) chain.Append("b.example");
  a.peers->RetryNow("b.example");
  world.sim.Advance(absl::Seconds(20));
  const std::size_t got = b.Entries(LaneKind::kChain).size();
  CHECK(got > 1000);
  CHECK(got < kEntries);
  CHECK(a.StatsOf("b.example").out.bytes < 1'100'000);
  b.answer = PeerNode::Answer::kAcknowledge;
  world.sim.Advance(absl::Minutes(5));
  CHECK(Distinct(b.Entries(LaneKind::kChain)) == UpTo(kEntries));
  CHECK(a.Pending("b.example").empty());
}

TEST_CASE("proposals go home and their outcomes come back", "[delivery]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  a.answer = PeerNode::Answer::kNothing;
  const std::string global = GroupName(5, "a.example");
  const model::TopicName there = *b.names.TopicOfGlobal(global);
  chain::Proposal proposal;
  proposal.topic = global;
  proposal.origin = "b.example";
  proposal.number = 1;
  proposal.time = world.sim.clock().Now();
  proposal.author = UserName(9, "b.example");
  const chain::Payload payload{{{"mime", {"\"text/x-drafty\""}}}, {"\"hello\""}};
  proposal.action = chain::PublishAction{chain::HashOf(payload)};
  store::EntryRecord entry;
  entry.topic = there;
  entry.lane = store::kProposalLane;
  entry.n = 1;
  entry.body = chain::Encode(proposal);
  entry.payload = chain::Encode(payload);
  b.Write({store::AppendEntry{entry, chain::HashOf(entry.body)},
           store::RequestDelivery{{"a.example", there, store::kProposalLane, 1, 0}}});
  b.peers->RetryNow("a.example");
  world.sim.Advance(absl::Seconds(5));
  const auto got = a.Told<topic::PeerEntries>(model::TopicName::Group(5).ToString());
  REQUIRE(got.size() == 1);
  REQUIRE(got[0].items[0]->proposal.has_value());
  CHECK(got[0].items[0]->proposal->author == UserName(9, "b.example"));
  REQUIRE(got[0].items[0]->payload.has_value());
  CHECK(chain::HashOf(*got[0].items[0]->payload) == chain::HashOf(payload));

  const std::vector<topic::Outcome> outcomes = {{1, 403, "permission denied", {"{\"a\":1}"}}};
  a.peers->port(0).Acknowledge("b.example", model::TopicName::Group(5), LaneKind::kProposals, 1,
                               outcomes);
  a.peers->port(0).Acknowledge("b.example", model::TopicName::Group(5), LaneKind::kProposals, 1,
                               outcomes);
  world.sim.Advance(absl::Seconds(5));
  const auto took = b.Told<topic::PeerTook>(there.ToString());
  REQUIRE(took.size() == 1);
  CHECK(took[0].through == 1);
  REQUIRE(took[0].outcomes.size() == 1);
  CHECK(took[0].outcomes[0].code == 403);
  CHECK(took[0].outcomes[0].params.text == "{\"a\":1}");
  // That is for the topic to write, together with what it makes of the outcomes.
  CHECK(b.Pending("a.example").size() == 1);
}

TEST_CASE("proposals for a home that is long away are given up", "[delivery]") {
  PeerWorld world;
  PeerNode& b = world.Add("b.example");
  const model::TopicName there = *b.names.TopicOfGlobal(GroupName(5, "a.example"));
  store::EntryRecord entry;
  entry.topic = there;
  entry.lane = store::kProposalLane;
  entry.n = 1;
  entry.body = "whatever it is";
  b.Write({store::AppendEntry{entry, chain::HashOf(entry.body)},
           store::RequestDelivery{{"a.example", there, store::kProposalLane, 1, 0}}});
  b.peers->RetryNow("a.example");
  world.sim.Advance(absl::Hours(2));
  const auto told = b.Told<topic::GiveUp>(there.ToString());
  REQUIRE_FALSE(told.empty());
  CHECK(told[0].oldest < world.sim.clock().Now() - absl::Hours(24 * 6));
}

TEST_CASE("an entry that a peer must get costs one signature with others that wait", "[delivery]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  std::vector<TestChain> chains;
  for (std::uint64_t i = 1; i <= 40; ++i) chains.emplace_back(a, i);
  for (TestChain& chain : chains) {
    for (int i = 0; i < 10; ++i) chain.Append("b.example");
  }
  a.peers->RetryNow("b.example");
  world.sim.Advance(absl::Seconds(10));
  CHECK(b.Entries(LaneKind::kChain).size() == 400);
  const PeerStats stats = a.StatsOf("b.example");
  CHECK(stats.out.items == 400);
  CHECK(stats.out.batches <= 40);
}

}  // namespace
}  // namespace molva::federation
