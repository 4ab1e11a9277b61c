// Links as they come up, break, and are tried again.
#include "tests/support/catch.h"
#include "tests/unit/federation_peer/peer_world.h"

namespace molva::federation {
namespace {

using State = topic::PeerLink::State;
using test::SimNetwork;

std::vector<State> StatesOf(const PeerNode& node) {
  std::vector<State> states;
  for (const topic::PeerLink& link : node.links) states.push_back(link.state);
  return states;
}

TEST_CASE("a link comes up when something is due, and both sides hear of it", "[link]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  CHECK_FALSE(a.IsConnected("b.example"));
  TestChain chain(a, 5);
  chain.Publish("b.example");
  world.sim.Advance(absl::Seconds(2));
  CHECK(a.IsConnected("b.example"));
  CHECK(b.IsConnected("a.example"));
  CHECK(b.peers->port(1).IsConnected("a.example"));
  CHECK(StatesOf(a) == std::vector<State>{State::kUp});
  CHECK(a.StatsOf("b.example").state == LinkState::kUp);
  CHECK(a.StatsOf("b.example").endpoint == "b.example");
  CHECK(b.StatsOf("a.example").endpoint.empty());
}

TEST_CASE("of two dials at once one link remains, whatever the order of events", "[link]") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    PeerWorld world(seed);
    PeerNode& a = world.Add("a.example");
    PeerNode& b = world.Add("b.example");
    a.peers->RetryNow("b.example");
    b.peers->RetryNow("a.example");
    world.sim.Advance(absl::Seconds(20));
    CHECK(a.IsConnected("b.example"));
    CHECK(b.IsConnected("a.example"));
    // The one that the smaller domain dialled, if both were under way.
    const bool by_a = !a.StatsOf("b.example").endpoint.empty();
    const bool by_b = !b.StatsOf("a.example").endpoint.empty();
    CHECK(by_a != by_b);
    const std::uint64_t before = world.network.connections_made();
    world.sim.Advance(absl::Minutes(5));
    CHECK(world.network.connections_made() == before);
  }
}

TEST_CASE("a server whose key is not the pinned one is sent away", "[link]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  const ServerKey forged = ServerKey::Generate(world.sim.random());
  RawPeer mallory(world, "b.example", forged.public_key(), a);
  mallory.Greet("b.example");
  CHECK(mallory.bye() == "unknown_key");
  CHECK_FALSE(a.IsConnected("b.example"));
  CHECK(a.links.empty());
}

TEST_CASE("a key does not open the door to another domain", "[link]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  RawPeer mallory(world, "b.example", world.KeyOf("b.example").public_key(), a);
  mallory.Greet("c.example");
  CHECK(mallory.bye() == "unknown_key");
  CHECK_FALSE(a.IsConnected("c.example"));
}

TEST_CASE("what is no greeting of another server closes the connection", "[link]") {
  const auto hello_of = [](const std::string& domain) {
    Hello hello;
    hello.domain = domain;
    hello.credit_bytes = 4 << 20;
    return EncodeFrame(hello);
  };
  for (const std::string& first :
       {std::string("no frame"), EncodeFrame(PingFrame{1}), hello_of("a.example"),
        hello_of("B.example"), hello_of("not a domain"), hello_of(std::string(20'000, 'b'))}) {
    PeerWorld world;
    PeerNode& a = world.Add("a.example");
    RawPeer mallory(world, "b.example", world.KeyOf("b.example").public_key(), a);
    mallory.Send(first);
    world.sim.Advance(absl::Seconds(10));
    CHECK(mallory.is_closed);
    CHECK(a.links.empty());
  }
}

TEST_CASE("a server that speaks no common version is told so", "[link]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  RawPeer newer(world, "b.example", world.KeyOf("b.example").public_key(), a);
  Hello hello;
  hello.domain = "b.example";
  hello.credit_bytes = 4 << 20;
  hello.version_min = 7;
  hello.version_max = 9;
  newer.Send(EncodeFrame(hello));
  world.sim.Advance(absl::Seconds(2));
  CHECK(newer.bye() == "version");
  CHECK(a.links.empty());
}

TEST_CASE("a denied server is sent away, and a link to it ended at once", "[link]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  a.peers->RetryNow("b.example");
  world.sim.Advance(absl::Seconds(2));
  REQUIRE(b.IsConnected("a.example"));
  a.peers->SetRules({{}, {"*.example"}, {}});
  world.sim.Advance(absl::Seconds(2));
  CHECK_FALSE(a.IsConnected("b.example"));
  CHECK_FALSE(b.IsConnected("a.example"));
  b.peers->RetryNow("a.example");
  world.sim.Advance(absl::Minutes(5));
  CHECK_FALSE(b.IsConnected("a.example"));
  CHECK(b.StatsOf("a.example").last_error == "the peer said bye: denied");

  a.peers->SetRules({{"b.example"}, {}, {}});
  b.peers->RetryNow("a.example");
  world.sim.Advance(absl::Seconds(5));
  CHECK(b.IsConnected("a.example"));
}

TEST_CASE("a server that cannot be reached is tried again, ever more seldom", "[link]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  TestChain chain(a, 5);
  chain.Publish("b.example");
  world.sim.Advance(absl::Hours(1));
  const std::uint64_t first_hour = a.StatsOf("b.example").dial_failures;
  CHECK(first_hour > 8);
  CHECK(first_hour < 100);
  world.sim.Advance(absl::Hours(24));
  const std::uint64_t next_day = a.StatsOf("b.example").dial_failures - first_hour;
  CHECK(next_day > 24);
  CHECK(next_day < 150);
  SECTION("and at once when it shows itself") {
    PeerNode& b = world.Add("b.example");
    b.peers->RetryNow("a.example");
    world.sim.Advance(absl::Seconds(5));
    CHECK(b.Entries(topic::LaneKind::kChain) == std::vector<std::int64_t>{1});
  }
}

TEST_CASE("a server that falls silent is unknown after two heart-beats", "[link]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  a.peers->RetryNow("b.example");
  world.sim.Advance(absl::Seconds(2));
  REQUIRE(a.IsConnected("b.example"));
  SECTION("both directions are cut") {
    world.network.Cut("a.example", "b.example");
    world.network.Cut("b.example", "a.example");
  }
  SECTION("one direction is cut") { world.network.Cut("b.example", "a.example"); }
  world.sim.Advance(absl::Minutes(3));
  CHECK(StatesOf(a) == std::vector<State>{State::kUp, State::kDown, State::kUnknown});
  world.network.MendAll();
  a.peers->RetryNow("b.example");
  world.sim.Advance(absl::Minutes(1));
  CHECK(a.IsConnected("b.example"));
  CHECK(b.IsConnected("a.example"));
  CHECK(StatesOf(a).back() == State::kUp);
}

TEST_CASE("a link that breaks and comes back in time was never unknown", "[link]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  world.Add("b.example");
  a.peers->RetryNow("b.example");
  world.sim.Advance(absl::Seconds(20));
  world.network.Break("a.example", "b.example");
  world.sim.Advance(absl::Minutes(3));
  CHECK(StatesOf(a) == std::vector<State>{State::kUp, State::kDown, State::kUp});
}

TEST_CASE("a peer that has lost the link may dial anew while this side has not noticed", "[link]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  RawPeer first(world, "b.example", world.KeyOf("b.example").public_key(), a);
  first.Greet("b.example");
  REQUIRE(a.IsConnected("b.example"));
  RawPeer second(world, "b.example", world.KeyOf("b.example").public_key(), a);
  second.Greet("b.example");
  CHECK(first.bye() == "replaced");
  CHECK(a.IsConnected("b.example"));
  CHECK(StatesOf(a) == std::vector<State>{State::kUp, State::kDown, State::kUp});
}

TEST_CASE("a ping tells how long a frame takes there and back", "[link]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  world.Add("b.example");
  absl::StatusOr<absl::Duration> answer = absl::UnknownError("none");
  a.peers->Ping("b.example", [&](const absl::StatusOr<absl::Duration>& got) { answer = got; });
  world.sim.Settle();
  CHECK(absl::IsUnavailable(answer.status()));
  world.sim.Advance(absl::Seconds(2));
  a.peers->Ping("b.example", [&](const absl::StatusOr<absl::Duration>& got) { answer = got; });
  world.sim.Advance(absl::Seconds(2));
  REQUIRE(answer.ok());
  CHECK(*answer >= absl::Milliseconds(2));
  CHECK(*answer <= absl::Milliseconds(80));
}

TEST_CASE("a node that stops says so", "[link]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  PeerNode& b = world.Add("b.example");
  a.peers->RetryNow("b.example");
  world.sim.Advance(absl::Seconds(2));
  bool stopped = false;
  a.peers->Stop([&] { stopped = true; });
  world.sim.Advance(absl::Seconds(4));
  CHECK(stopped);
  CHECK_FALSE(b.IsConnected("a.example"));
  b.peers->RetryNow("a.example");
  world.sim.Advance(absl::Seconds(20));
  CHECK_FALSE(b.IsConnected("a.example"));
}

TEST_CASE("a peer with which there is nothing to do is forgotten", "[link]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  a.peers->RetryNow("b.example");  // which is not there
  world.sim.Advance(absl::Minutes(30));
  CHECK(a.StatsOf("b.example").domain == "b.example");
  world.sim.Advance(absl::Hours(8));
  CHECK(a.StatsOf("b.example").domain.empty());
}

}  // namespace
}  // namespace molva::federation
