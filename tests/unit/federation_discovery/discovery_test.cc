// How discovery finds, pins, remembers and refuses, over a real store in memory and real keys.
#include "federation/discovery/discovery.h"

#include <map>

#include "federation/discovery/pin.h"
#include "tests/support/catch.h"
#include "tests/support/memory_store.h"
#include "tests/support/sim_world.h"
#include "tests/unit/federation_discovery/peer_server.h"

namespace molva::federation {
namespace {

using Found = absl::StatusOr<PeerIdentity>;

// What one source would say about each domain, and how often it was asked.
struct Web {
  std::map<std::string, absl::StatusOr<SourceAnswer>> pages;
  int asked = 0;
};

SourceAnswer Authentic(const std::string& document) {
  SourceAnswer answer;
  answer.trust = Trust::kAuthenticated;
  answer.document = document;
  return answer;
}

// Answers from a Web a second later.
class WebSource final : public DiscoverySource {
 public:
  WebSource(runtime::Shard& shard, Source kind, Web& web) : shard_(shard), kind_(kind), web_(web) {}
  Source kind() const override { return kind_; }
  void Ask(std::string domain, store::Done<SourceAnswer> done) override {
    ++web_.asked;
    const auto page = web_.pages.find(domain);
    absl::StatusOr<SourceAnswer> answer =
        page == web_.pages.end() ? absl::NotFoundError("no such page") : page->second;
    shard_.StartTimer(absl::Seconds(1),
                      [done = std::move(done), answer]() mutable { done(answer); });
  }

 private:
  runtime::Shard& shard_;
  const Source kind_;
  Web& web_;
};

// A node that finds others by well-known and by DNS.
struct Node {
  Node() { Restart(); }

  void Restart(std::vector<StaticPeer> peers = {}) {
    discovery.reset();
    Discovery::Sources sources;
    sources.push_back(std::make_unique<WebSource>(shard, Source::kWellKnown, well_known));
    sources.push_back(std::make_unique<WebSource>(shard, Source::kDns, dns));
    discovery = std::make_unique<Discovery>(shard, store, std::move(peers), std::move(sources));
  }
  absl::Time Now() { return world.clock().Now(); }
  store::Done<PeerIdentity> Into(std::optional<Found>& slot) {
    return [&slot](Found found) {
      REQUIRE_FALSE(slot.has_value());
      slot = std::move(found);
    };
  }
  Found Await(std::optional<Found>& slot) {
    for (int i = 0; i < 10 && !slot.has_value(); ++i) world.Advance(absl::Seconds(1));
    REQUIRE(slot.has_value());
    return *slot;
  }
  Found Find(const std::string& domain) {
    std::optional<Found> slot;
    discovery->Find(domain, Into(slot));
    REQUIRE_FALSE(slot.has_value());
    return Await(slot);
  }
  Found Refresh(const std::string& domain) {
    std::optional<Found> slot;
    discovery->Refresh(domain, Into(slot));
    return Await(slot);
  }
  Found Accept(const std::string& document) {
    std::optional<Found> slot;
    discovery->Accept(document, Into(slot));
    return Await(slot);
  }
  void Publish(const test::PeerServer& peer) {
    well_known.pages.insert_or_assign("a.example", Authentic(peer.document()));
  }

  test::SimWorld world{1};
  test::SimShard& shard{world.AddShard(0)};
  test::MemoryStore store{shard};
  Web well_known;
  Web dns;
  std::unique_ptr<Discovery> discovery;
};

TEST_CASE("the first authenticated hit wins and is known from then on", "[federation]") {
  Node node;
  const test::PeerServer peer("a.example", node.Now());
  node.Publish(peer);
  const Found found = node.Find("A.Example");
  REQUIRE(found.ok());
  CHECK(found->domain == "a.example");
  CHECK(found->Trusts(peer.key(), node.Now()));
  CHECK(found->endpoints == std::vector<std::string>{"chat.a.example:16061"});
  CHECK(found->source == Source::kWellKnown);
  CHECK(node.dns.asked == 0);
  CHECK(node.discovery->Known("a.example").has_value());
  REQUIRE(node.Find("a.example").ok());
  CHECK(node.well_known.asked == 1);
}

TEST_CASE("what is pinned survives a restart, with who vouched for it", "[federation]") {
  Node node;
  const test::PeerServer peer("a.example", node.Now());
  node.Publish(peer);
  REQUIRE(node.Find("a.example").ok());
  node.Restart();
  CHECK_FALSE(node.discovery->Known("a.example").has_value());
  const Found found = node.Find("a.example");
  REQUIRE(found.ok());
  CHECK(found->source == Source::kWellKnown);
  CHECK(found->Trusts(peer.key(), node.Now()));
  CHECK(node.well_known.asked == 1);
}

TEST_CASE("a pin that is out of date is asked for again, and kept if nobody answers",
          "[federation]") {
  Node node;
  test::PeerServer peer("a.example", node.Now());
  node.Publish(peer);
  REQUIRE(node.Find("a.example").ok());
  peer.Move("new.a.example:443");
  node.Publish(peer);
  node.world.Advance(Discovery::kLife);
  CHECK(node.Find("a.example")->endpoints == std::vector<std::string>{"new.a.example:443"});
  node.well_known.pages.clear();
  node.world.Advance(Discovery::kLife);
  const int asked = node.well_known.asked;
  CHECK(node.Find("a.example")->endpoints == std::vector<std::string>{"new.a.example:443"});
  CHECK(node.well_known.asked == asked + 1);
  CHECK(node.Find("a.example").ok());
  CHECK(node.well_known.asked == asked + 1);
}

TEST_CASE("a rotation that the old key signed is taken over", "[federation]") {
  Node node;
  test::PeerServer peer("a.example", node.Now());
  const PublicKey old = peer.key();
  node.Publish(peer);
  REQUIRE(node.Find("a.example").ok());
  peer.Rotate(node.Now());
  node.Publish(peer);
  node.world.Advance(Discovery::kRefreshPause);
  const Found found = node.Refresh("a.example");
  REQUIRE(found.ok());
  CHECK(found->Trusts(peer.key(), node.Now()));
  CHECK(found->Trusts(old, node.Now()));
  CHECK(found->document_number == 2);
  node.Restart();
  CHECK(node.Find("a.example")->document_number == 2);
}

TEST_CASE("changed keys that nobody known has signed are refused, counted and not pinned",
          "[federation]") {
  Node node;
  const test::PeerServer peer("a.example", node.Now());
  node.Publish(peer);
  REQUIRE(node.Find("a.example").ok());
  test::PeerServer thief("a.example", node.Now());
  thief.Rotate(node.Now());  // a higher number alone does not help
  node.Publish(thief);
  node.dns.pages.insert_or_assign("a.example", Authentic(thief.document()));
  node.world.Advance(Discovery::kLife);
  const Found found = node.Find("a.example");
  CHECK(IsChangedKey(found.status()));
  CHECK(node.discovery->counters().changed_keys == 1);
  CHECK(node.dns.asked == 0);
  CHECK(node.discovery->Known("a.example")->Trusts(peer.key(), node.Now()));

  node.Publish(peer);
  node.Restart();
  CHECK(node.Find("a.example")->Trusts(peer.key(), node.Now()));
}

TEST_CASE("two documents of one number, or an older one, change nothing", "[federation]") {
  Node node;
  test::PeerServer peer("a.example", node.Now());
  const std::string first = peer.document();
  test::PeerServer twin = peer;
  peer.Move("one.a.example:1");
  twin.Move("two.a.example:2");
  node.Publish(peer);
  REQUIRE(node.Find("a.example").ok());
  CHECK(IsChangedKey(node.Accept(twin.document()).status()));
  CHECK(absl::IsInvalidArgument(node.Accept(first).status()));
  CHECK(node.Find("a.example")->endpoints == std::vector<std::string>{"one.a.example:1"});
}

TEST_CASE("a peer introduces its next document itself", "[federation]") {
  Node node;
  test::PeerServer peer("a.example", node.Now());
  node.Publish(peer);
  REQUIRE(node.Find("a.example").ok());
  peer.Rotate(node.Now());
  REQUIRE(node.Accept(peer.document()).ok());
  CHECK(node.Find("a.example")->Trusts(peer.key(), node.Now()));
  CHECK(node.well_known.asked == 1);
}

TEST_CASE("nobody introduces himself to those who do not know him", "[federation]") {
  Node node;
  const test::PeerServer peer("a.example", node.Now());
  CHECK(absl::IsNotFound(node.Accept(peer.document()).status()));
  CHECK(absl::IsInvalidArgument(node.Accept("nonsense").status()));
}

TEST_CASE("a document of another domain, or not signed, is no answer", "[federation]") {
  Node node;
  const test::PeerServer other("b.example", node.Now());
  node.well_known.pages.insert_or_assign("a.example", Authentic(other.document()));
  CHECK(absl::IsNotFound(node.Find("a.example").status()));
  node.well_known.pages.insert_or_assign("c.example", Authentic("<html>"));
  CHECK(absl::IsNotFound(node.Find("c.example").status()));
  CHECK(node.dns.asked == 2);
}

TEST_CASE("a hint alone is not believed, but a hint that fits the pin is", "[federation]") {
  Node node;
  test::PeerServer peer("a.example", node.Now());
  SourceAnswer hint;
  hint.document = peer.document();
  node.dns.pages.insert_or_assign("a.example", hint);
  CHECK(absl::IsNotFound(node.Find("a.example").status()));

  node.world.Advance(Discovery::kNegativeLife);
  node.Publish(peer);
  REQUIRE(node.Find("a.example").ok());
  node.well_known.pages.clear();
  peer.Move("new.a.example:443");
  hint.document = peer.document();
  node.dns.pages.insert_or_assign("a.example", hint);
  node.world.Advance(Discovery::kLife);
  CHECK(node.Find("a.example")->endpoints == std::vector<std::string>{"new.a.example:443"});
}

TEST_CASE("keys from DNS are pinned and later confirmed by a document they sign", "[federation]") {
  Node node;
  const test::PeerServer peer("a.example", node.Now());
  SourceAnswer answer;
  answer.trust = Trust::kAuthenticated;
  answer.keys = {peer.key()};
  answer.endpoints = {"a.example:16061"};
  node.dns.pages.insert_or_assign("a.example", answer);
  const Found found = node.Find("a.example");
  REQUIRE(found.ok());
  CHECK(found->source == Source::kDns);
  CHECK(found->document.empty());
  CHECK(found->Trusts(peer.key(), node.Now()));
  node.Publish(peer);
  node.world.Advance(Discovery::kLife);
  CHECK(node.Find("a.example")->document_number == 1);

  SECTION("and other keys from DNS are refused") {
    answer.keys = {test::PeerServer("a.example", node.Now()).key()};
    node.dns.pages.insert_or_assign("a.example", answer);
    node.well_known.pages.clear();
    node.world.Advance(Discovery::kLife);
    CHECK(IsChangedKey(node.Find("a.example").status()));
  }
}

TEST_CASE("an address without proof moves a peer that has no document, never its key",
          "[federation]") {
  Node node;
  const test::PeerServer peer("a.example", node.Now());
  SourceAnswer answer;
  answer.trust = Trust::kAuthenticated;
  answer.keys = {peer.key()};
  answer.endpoints = {"old.a.example:1"};
  node.dns.pages.insert_or_assign("a.example", answer);
  REQUIRE(node.Find("a.example").ok());
  SourceAnswer hint;
  hint.endpoints = {"new.a.example:2"};
  node.dns.pages.insert_or_assign("a.example", hint);
  node.world.Advance(Discovery::kLife);
  const Found found = node.Find("a.example");
  REQUIRE(found.ok());
  CHECK(found->endpoints == hint.endpoints);
  CHECK(found->Trusts(peer.key(), node.Now()));
}

TEST_CASE("who was not found is not looked for again for a while", "[federation]") {
  Node node;
  CHECK(absl::IsNotFound(node.Find("a.example").status()));
  CHECK(absl::IsNotFound(node.Find("a.example").status()));
  CHECK(node.well_known.asked == 1);
  node.world.Advance(Discovery::kNegativeLife);
  node.well_known.pages.insert_or_assign("a.example", absl::UnavailableError("no route"));
  CHECK(absl::IsUnavailable(node.Find("a.example").status()));
  CHECK(node.well_known.asked == 2);
}

TEST_CASE("equal lookups that are under way are one", "[federation]") {
  Node node;
  const test::PeerServer peer("a.example", node.Now());
  node.Publish(peer);
  std::optional<Found> first;
  std::optional<Found> second;
  node.discovery->Find("a.example", node.Into(first));
  node.discovery->Refresh("a.example", node.Into(second));
  CHECK(node.Await(first).ok());
  CHECK(node.Await(second).ok());
  CHECK(node.well_known.asked == 1);
}

TEST_CASE("lookups under way and those that wait for one are bounded", "[federation]") {
  Node node;
  int refused = 0;
  const auto count = [&refused](const Found& found) {
    refused += absl::IsUnavailable(found.status()) ? 1 : 0;
  };
  for (std::size_t i = 0; i < Discovery::kMaxWaiting + 5; ++i) {
    node.discovery->Find("a.example", count);
  }
  for (std::size_t i = 0; i < Discovery::kMaxUnderWay + 5; ++i) {
    node.discovery->Find("b" + std::to_string(i) + ".example", count);
  }
  node.world.Advance(absl::Seconds(5));
  CHECK(refused == 5 + 6);
}

TEST_CASE("refreshes of one domain are spaced", "[federation]") {
  Node node;
  const test::PeerServer peer("a.example", node.Now());
  node.Publish(peer);
  REQUIRE(node.Find("a.example").ok());
  for (int i = 0; i < 10; ++i) REQUIRE(node.Refresh("a.example").ok());
  CHECK(node.well_known.asked == 1);
  node.world.Advance(Discovery::kRefreshPause);
  REQUIRE(node.Refresh("a.example").ok());
  CHECK(node.well_known.asked == 2);
}

SCENARIO("the operator's word goes first", "[federation]") {
  Node node;
  test::PeerServer peer("a.example", node.Now());
  const PublicKey configured = peer.key();
  const std::vector<StaticPeer> peers = {{"a.example", {"10.0.0.1:16061"}, {configured}}};
  GIVEN("a peer in the configuration") {
    node.Restart(peers);
    THEN("nobody is asked about it") {
      const Found found = node.Find("a.example");
      REQUIRE(found.ok());
      CHECK(found->source == Source::kConfig);
      CHECK(found->endpoints == peers[0].endpoints);
      CHECK(node.well_known.asked == 0);
    }
    THEN("it may rotate its key by a document, also for the next start, but stays at its address") {
      peer.Rotate(node.Now());
      node.Publish(peer);
      REQUIRE(node.Refresh("a.example").ok());
      node.Restart(peers);
      const Found found = node.Find("a.example");
      REQUIRE(found.ok());
      CHECK(found->Trusts(peer.key(), node.Now()));
      CHECK(found->endpoints == peers[0].endpoints);
    }
    THEN("a document that its key did not sign is refused") {
      node.Publish(test::PeerServer("a.example", node.Now()));
      CHECK(IsChangedKey(node.Refresh("a.example").status()));
    }
  }
  GIVEN("a pin of another key") {
    node.Publish(test::PeerServer("a.example", node.Now()));
    REQUIRE(node.Find("a.example").ok());
    WHEN("the operator names the right one") {
      node.discovery->SetPeers(peers);
      THEN("the pin is overruled") {
        CHECK(node.Find("a.example")->Trusts(configured, node.Now()));
      }
    }
  }
}

TEST_CASE("a pin that cannot be read is not taken for no pin", "[federation]") {
  Node node;
  const test::PeerServer peer("a.example", node.Now());
  node.Publish(peer);
  bool written = false;
  node.store.Write({store::PutValue{PinKey("a.example"), "garbage"}},
                   [&written](const absl::Status& status) { written = status.ok(); });
  node.world.Settle();
  REQUIRE(written);
  CHECK(absl::IsUnavailable(node.Find("a.example").status()));
}

TEST_CASE("a find that cannot be pinned is not used", "[federation]") {
  Node node;
  const test::PeerServer peer("a.example", node.Now());
  node.Publish(peer);
  node.store.disk().FailNextWrites(1);
  CHECK(absl::IsUnavailable(node.Find("a.example").status()));
  CHECK_FALSE(node.discovery->Known("a.example").has_value());
}

TEST_CASE("what is no domain is not looked for", "[federation]") {
  Node node;
  for (const char* text : {"", "a b", "127.0.0.1", "[::1]", "a.example:443", "../etc"}) {
    INFO(text);
    CHECK(absl::IsInvalidArgument(node.Find(text).status()));
  }
  CHECK(node.well_known.asked == 0);
}

TEST_CASE("answers that come after the discovery has gone are dropped", "[federation]") {
  Node node;
  const test::PeerServer peer("a.example", node.Now());
  node.Publish(peer);
  int answers = 0;
  node.discovery->Find("a.example", [&answers](const Found&) { ++answers; });
  node.world.Advance(absl::Milliseconds(500));
  node.discovery.reset();
  node.world.Advance(absl::Seconds(10));
  CHECK(answers == 0);
}

TEST_CASE("a pin says again what was pinned", "[federation]") {
  PeerIdentity identity;
  identity.domain = "a.example";
  identity.endpoints = {"a.example:16061"};
  identity.source = Source::kDns;
  identity.found_at = absl::FromUnixSeconds(1'800'000'000);
  identity.valid_until = absl::FromUnixSeconds(1'800'100'000);
  SECTION("with a document") {
    const test::PeerServer peer("a.example", identity.found_at);
    identity.document = peer.document();
    identity.document_number = 1;
    identity.keys = {{peer.key(), identity.found_at}};
  }
  SECTION("with keys alone") {
    identity.keys = {{test::PeerServer("a.example", identity.found_at).key()}};
  }
  const Found again = ParsePin("a.example", PrintPin(identity));
  REQUIRE(again.ok());
  CHECK(again->domain == identity.domain);
  CHECK(again->endpoints == identity.endpoints);
  CHECK(again->source == identity.source);
  CHECK(again->found_at == identity.found_at);
  CHECK(again->valid_until == identity.valid_until);
  CHECK(again->document == identity.document);
  CHECK(again->document_number == identity.document_number);
  CHECK(again->keys == identity.keys);
}

}  // namespace
}  // namespace molva::federation
