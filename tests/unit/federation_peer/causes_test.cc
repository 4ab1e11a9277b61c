// Events that hang on a proposal of a third server.
#include "chain/merkle.h"
#include "federation/peer/signatures.h"
#include "tests/support/catch.h"
#include "tests/unit/federation_peer/peer_world.h"

namespace molva::federation {
namespace {

using topic::LaneKind;

// c's user has proposed something to a group of b; b's event of it comes to a.
struct Fixture {
  Fixture() { b.Greet("b.example"); }

  chain::Proposal Proposal(const std::string& author, const std::string& origin) {
    chain::Proposal proposal;
    proposal.topic = group;
    proposal.origin = origin;
    proposal.number = 3;
    proposal.prev = std::string(32, 'p');
    proposal.time = world.sim.clock().Now();
    proposal.author = author;
    proposal.action = chain::JoinAction{"JRWP"};
    return proposal;
  }
  // As the home keeps it: signed by `key` for `domain`, second of a batch of two.
  static std::string ProofOf(const std::string& body, const ServerKey& key,
                             const std::string& domain) {
    const chain::MerkleTree tree(
        {std::string(32, 'x'), chain::LeafOf(chain::BodyKind::kProposal, body)});
    return chain::Encode(chain::Proof{std::string(key.id().view()),
                                      key.Sign(chain::SignedText(domain, tree.root())), 1, 2,
                                      tree.PathOf(1)});
  }
  OutgoingItem Event(const std::string& actor, const std::string& cause, const std::string& proof,
                     std::int64_t n = 1) {
    chain::Event event;
    event.topic = group;
    event.n = n;
    event.prev = n == 1 ? "" : std::string(32, 'p');
    event.time = world.sim.clock().Now();
    event.actor = actor;
    event.proposal = 3;
    event.state = chain::MemberState{actor, "JRWP", "JRWP", event.time, event.time, {}};
    topic::LaneItem item;
    item.n = n;
    item.body = chain::Encode(event);
    item.cause = cause;
    item.cause_proof = proof;
    return {LaneKind::kChain, std::make_shared<const topic::LaneItem>(std::move(item))};
  }
  void Send(const std::vector<OutgoingItem>& items) {
    b.Send(SignBatch(world.KeyOf("b.example"), "b.example", items));
    world.sim.Advance(absl::Seconds(2));
  }
  std::string Word() const {
    const auto refusals = b.Got<RefusalFrame>();
    return refusals.empty() ? "" : refusals.back().reason;
  }

  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  RawPeer b{world, "b.example", world.KeyOf("b.example").public_key(), a};
  const std::string group = GroupName(5, "b.example");
  const std::string carol = UserName(4, "c.example");
};

TEST_CASE("an event is taken with the proposal that the author's server has signed", "[causes]") {
  Fixture at;
  const std::string cause = chain::Encode(at.Proposal(at.carol, "c.example"));
  const std::string proof = Fixture::ProofOf(cause, at.world.KeyOf("c.example"), "c.example");
  at.Send({at.Event(at.carol, cause, proof), at.Event(at.carol, cause, proof, 2)});
  const auto told = at.a.Told<topic::PeerEntries>();
  REQUIRE(told.size() == 1);
  REQUIRE(told[0].items.size() == 2);
  REQUIRE(told[0].items[0]->proposal.has_value());
  CHECK(told[0].items[0]->proposal->author == at.carol);
  CHECK(told[0].items[0]->cause == cause);
  CHECK(told[0].items[0]->cause_proof == proof);
}

TEST_CASE("an event whose proposal its author's server has not signed is refused", "[causes]") {
  Fixture at;
  const std::string cause = chain::Encode(at.Proposal(at.carol, "c.example"));
  const std::string good = Fixture::ProofOf(cause, at.world.KeyOf("c.example"), "c.example");
  SECTION("the home's own signature") {
    const OutgoingItem forged = at.Event(
        at.carol, cause, Fixture::ProofOf(cause, at.world.KeyOf("b.example"), "c.example"));
    at.Send({forged});
    // The key may be a new one of c. It is asked for, and the entry once more.
    CHECK(at.Word().empty());
    at.Send({forged});
  }
  SECTION("no proof") { at.Send({at.Event(at.carol, cause, "")}); }
  SECTION("the proof of another body") {
    chain::Proposal other = at.Proposal(at.carol, "c.example");
    other.action = chain::LeaveAction{};
    at.Send({at.Event(at.carol, chain::Encode(other), good)});
  }
  SECTION("signed for another domain") {
    at.Send({at.Event(at.carol, cause,
                      Fixture::ProofOf(cause, at.world.KeyOf("c.example"), "b.example"))});
  }
  SECTION("of another user") { at.Send({at.Event(UserName(8, "c.example"), cause, good)}); }
  SECTION("of a user that the origin has not got") {
    const std::string stolen = chain::Encode(at.Proposal(UserName(9, "a.example"), "c.example"));
    at.Send({at.Event(UserName(9, "a.example"), stolen,
                      Fixture::ProofOf(stolen, at.world.KeyOf("c.example"), "c.example"))});
  }
  SECTION("of another topic") {
    chain::Proposal other = at.Proposal(at.carol, "c.example");
    other.topic = GroupName(6, "b.example");
    const std::string body = chain::Encode(other);
    at.Send({at.Event(at.carol, body,
                      Fixture::ProofOf(body, at.world.KeyOf("c.example"), "c.example"))});
  }
  SECTION("that is no proposal") { at.Send({at.Event(at.carol, "garbage", good)}); }
  CHECK((at.Word() == "foreign_author" || at.Word() == "malformed"));
  CHECK(at.a.Told<topic::PeerEntries>().empty());
  CHECK(at.a.IsConnected("b.example"));
}

TEST_CASE("a proposal of our own user needs no proof: the topic knows it", "[causes]") {
  Fixture at;
  const std::string ann = UserName(7, "a.example");
  const std::string cause = chain::Encode(at.Proposal(ann, "a.example"));
  at.Send({at.Event(ann, cause, "")});
  const auto told = at.a.Told<topic::PeerEntries>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].items[0]->proposal->author == ann);
}

TEST_CASE("a topic waits for a server that cannot be found; the others do not", "[causes]") {
  Fixture at;
  const std::string dave = UserName(4, "d.example");
  const ServerKey key = ServerKey::Generate(at.world.sim.random());
  const std::string cause = chain::Encode(at.Proposal(dave, "d.example"));
  const OutgoingItem event = at.Event(dave, cause, Fixture::ProofOf(cause, key, "d.example"));
  at.Send({event});
  CHECK(at.a.Told<topic::PeerEntries>().empty());
  CHECK(at.Word().empty());
  CHECK(at.a.IsConnected("b.example"));
  // Asked for again after a while.
  for (int i = 0; i < 4; ++i) {
    at.world.sim.Advance(absl::Seconds(30));
    at.b.Send(EncodeFrame(PingFrame{1}));
  }
  const auto resumes = at.b.Got<Resume>();
  REQUIRE(resumes.size() >= 2);
  REQUIRE(resumes.back().topics.size() == 1);
  CHECK(resumes.back().topics[0].topic == at.group);
  CHECK(resumes.back().topics[0].events == 0);
  CHECK(resumes.back().topics[0].proposals == -1);
  // Now it is known.
  std::vector<StaticPeer> peers = at.world.StaticPeers();
  peers.push_back({"d.example", {"d.example"}, {key.public_key()}});
  at.a.discovery->SetPeers(peers);
  at.Send({event});
  CHECK(at.a.Told<topic::PeerEntries>().size() == 1);
}

}  // namespace
}  // namespace molva::federation
