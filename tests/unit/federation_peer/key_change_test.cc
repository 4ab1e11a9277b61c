// A peer that comes with another key while its link is up: what counts is its key document.
#include <map>

#include "federation/identity/key_document.h"
#include "federation/peer/signatures.h"
#include "tests/support/catch.h"
#include "tests/unit/federation_peer/peer_world.h"

namespace molva::federation {
namespace {

using Pages = std::map<std::string, std::string>;  // documents by domain

class PageSource final : public DiscoverySource {
 public:
  PageSource(runtime::Shard& shard, const Pages& pages) : shard_(shard), pages_(pages) {}
  Source kind() const override { return Source::kWellKnown; }
  void Ask(std::string domain, store::Done<SourceAnswer> done) override {
    absl::StatusOr<SourceAnswer> answer = absl::NotFoundError("no such page");
    if (const auto page = pages_.find(domain); page != pages_.end()) {
      answer = SourceAnswer{Trust::kAuthenticated, page->second, {}, {}};
    }
    shard_.StartTimer(absl::Seconds(1),
                      [done = std::move(done), answer]() mutable { done(answer); });
  }

 private:
  runtime::Shard& shard_;
  const Pages& pages_;
};

// b.example is linked to a.example under the key that a has pinned.
struct Fixture {
  // b's document, with these keys, all of which sign it.
  void Publish(const std::vector<ServerKey>& keys) {
    KeyDocument document;
    document.domain = "b.example";
    document.number = 1;
    for (const ServerKey& each : keys) {
      document.keys.push_back({each.public_key(), world.sim.clock().Now() - absl::Hours(1)});
    }
    const auto made = SignedKeyDocument::Make(document, keys);
    REQUIRE(made.ok());
    pages["b.example"] = made->text();
  }
  // A batch of one event, signed with `with`.
  void SendSignedBy(const ServerKey& with, RawPeer& sender) {
    chain::Event event;
    event.topic = GroupName(5, "b.example");
    event.n = 1;
    event.time = world.sim.clock().Now();
    event.actor = UserName(1, "b.example");
    event.state = chain::MemberState{event.actor, "JR", "JR", event.time, event.time, {}};
    auto item = std::make_shared<topic::LaneItem>();
    item->n = 1;
    item->body = chain::Encode(event);
    sender.Send(SignBatch(with, "b.example", {{topic::LaneKind::kChain, std::move(item)}}));
    world.sim.Advance(absl::Seconds(5));
  }

  PeerNode& AddReader() {
    world.make_sources = [this](runtime::Shard& shard) {
      Discovery::Sources sources;
      sources.push_back(std::make_unique<PageSource>(shard, pages));
      return sources;
    };
    return world.Add("a.example");
  }

  Pages pages;
  PeerWorld world;
  PeerNode& a = AddReader();
  const ServerKey pinned = world.KeyOf("b.example");
  const ServerKey fresh = ServerKey::Generate(world.sim.random());
  RawPeer peer{world, "b.example", pinned.public_key(), a};
};

TEST_CASE("a key that the pinned one vouches for is taken over while the link is up",
          "[link][hostile]") {
  Fixture at;
  at.peer.Greet("b.example");
  at.Publish({at.pinned, at.fresh});
  at.SendSignedBy(at.fresh, at.peer);
  CHECK(at.a.IsConnected("b.example"));
  CHECK(at.peer.bye().empty());
  CHECK(at.a.Told<topic::PeerEntries>().size() == 1);
}

TEST_CASE(
    "a key that nobody vouches for ends the link as unknown_key, and the pinned one counts on",
    "[link][hostile]") {
  Fixture at;
  at.peer.Greet("b.example");
  SECTION("without a document") {}
  SECTION("in a document that the pinned key has not signed") { at.Publish({at.fresh}); }
  at.SendSignedBy(at.fresh, at.peer);
  CHECK(at.peer.bye() == "unknown_key");
  CHECK_FALSE(at.a.IsConnected("b.example"));
  CHECK(at.a.Told<topic::PeerEntries>().empty());
  CHECK(at.a.StatsOf("b.example").byes.at("unknown_key") == 1);

  // While a document contradicts the pin nobody is b; afterwards the pinned key is, as before.
  at.pages.clear();
  at.world.sim.Advance(absl::Minutes(6));
  RawPeer again(at.world, "b.example", at.pinned.public_key(), at.a);
  again.Greet("b.example");
  at.world.sim.Advance(absl::Seconds(5));
  CHECK(at.a.IsConnected("b.example"));
  at.SendSignedBy(at.pinned, again);
  CHECK(at.a.Told<topic::PeerEntries>().size() == 1);
}

}  // namespace
}  // namespace molva::federation
