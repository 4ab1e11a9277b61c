// What a server may try that does not keep to the rules, and what it comes to.
#include "chain/merkle.h"
#include "federation/peer/signatures.h"
#include "tests/support/catch.h"
#include "tests/unit/federation_peer/peer_world.h"

namespace molva::federation {
namespace {

using topic::LaneKind;

// A server with b's key that sends a.example what it likes.
struct Fixture {
  Fixture() { mallory.Greet("b.example"); }

  void SendBatch(const std::vector<OutgoingItem>& items) {
    mallory.Send(SignBatch(key, "b.example", items));
    world.sim.Advance(absl::Seconds(2));
  }
  // a is as well as before: another peer gets through to it.
  bool IsHealthy() {
    PeerNode& c = world.Add("c.example");
    TestChain chain(c, 77);
    chain.Publish("a.example");
    world.sim.Advance(absl::Seconds(5));
    return !a.Told<topic::PeerEntries>(a.names.TopicOfGlobal(chain.global())->ToString()).empty();
  }

  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  const ServerKey key = world.KeyOf("b.example");
  RawPeer mallory{world, "b.example", key.public_key(), a};
};

OutgoingItem EventItem(const chain::Event& event, const std::string& cause = {},
                       const std::string& cause_proof = {}) {
  topic::LaneItem item;
  item.n = event.n;
  item.body = chain::Encode(event);
  item.cause = cause;
  item.cause_proof = cause_proof;
  return {LaneKind::kChain, std::make_shared<const topic::LaneItem>(std::move(item))};
}

OutgoingItem ProposalItem(const chain::Proposal& proposal) {
  topic::LaneItem item;
  item.n = proposal.number;
  item.body = chain::Encode(proposal);
  return {LaneKind::kProposals, std::make_shared<const topic::LaneItem>(std::move(item))};
}

chain::Event MemberEvent(const std::string& topic, const std::string& actor, std::int64_t n = 1) {
  chain::Event event;
  event.topic = topic;
  event.n = n;
  event.prev = n == 1 ? "" : std::string(32, 'p');
  event.time = absl::FromUnixSeconds(1'800'000'000);
  event.actor = actor;
  event.state = chain::MemberState{actor, "JR", "JR", event.time, event.time, {}};
  return event;
}

chain::TopicState TopicStateOf(const std::string& home, model::RawJson card) {
  chain::TopicState state;
  state.home = home;
  state.created = state.updated = absl::FromUnixSeconds(1'800'000'000);
  state.public_card = std::move(card);
  return state;
}

chain::Proposal JoinProposal(const std::string& topic, const std::string& author,
                             const std::string& origin) {
  chain::Proposal proposal;
  proposal.topic = topic;
  proposal.origin = origin;
  proposal.number = 1;
  proposal.time = absl::FromUnixSeconds(1'800'000'000);
  proposal.author = author;
  proposal.action = chain::JoinAction{"JRWP"};
  return proposal;
}

TEST_CASE("an entry that claims too much is refused with its word, and the link stays",
          "[hostile]") {
  struct Row {
    const char* what;
    OutgoingItem item;
    std::string word;
  };
  const std::string theirs = GroupName(5, "b.example");
  const std::string ours = GroupName(5, "a.example");
  chain::Event stolen_home = MemberEvent(theirs, UserName(1, "b.example"));
  stolen_home.state = TopicStateOf("c.example", {});
  chain::Event forged_author = MemberEvent(theirs, UserName(1, "b.example"));
  forged_author.state = chain::MessageState{1, UserName(2, "a.example"), std::string(32, 'h')};
  chain::Event nameless_proposal = MemberEvent(theirs, UserName(1, "b.example"));
  nameless_proposal.proposal = 4;
  const std::vector<Row> rows = {
      {"events of our own group", EventItem(MemberEvent(ours, UserName(1, "b.example"))),
       "not_home"},
      {"events of a third server's group",
       EventItem(MemberEvent(GroupName(5, "c.example"), UserName(1, "b.example"))), "not_home"},
      {"a topic of two of which the peer is no party",
       EventItem(MemberEvent(UserName(1, "a.example") + "+" + UserName(2, "c.example"),
                             UserName(2, "c.example"))),
       "not_home"},
      {"a topic that says another home", EventItem(stolen_home), "not_home"},
      {"an actor of ours without his proposal",
       EventItem(MemberEvent(theirs, UserName(1, "a.example"))), "foreign_author"},
      {"an author of ours without his proposal", EventItem(forged_author), "foreign_author"},
      {"a proposal that is not shown", EventItem(nameless_proposal), "foreign_author"},
      {"a proposal to somebody else's topic",
       ProposalItem(JoinProposal(theirs, UserName(1, "b.example"), "b.example")), "not_home"},
      {"a proposal of another server",
       ProposalItem(JoinProposal(ours, UserName(1, "c.example"), "c.example")), "foreign_author"},
      {"a proposal for a user of ours",
       ProposalItem(JoinProposal(ours, UserName(1, "a.example"), "b.example")), "foreign_author"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    Fixture at;
    at.SendBatch({row.item});
    const auto refusals = at.mallory.Got<RefusalFrame>();
    REQUIRE(refusals.size() == 1);
    CHECK(refusals[0].reason == row.word);
    CHECK(refusals[0].n == 1);
    CHECK(at.a.Told<topic::PeerEntries>().empty());
    CHECK(at.a.StatsOf("b.example").refused.at(row.word) == 1);
    CHECK(at.a.IsConnected("b.example"));
    CHECK(at.IsHealthy());
  }
}

TEST_CASE("what stands beside a refused entry is taken, what stands behind it is not",
          "[hostile]") {
  Fixture at;
  const std::string good = GroupName(6, "b.example");
  const std::string bad = GroupName(5, "b.example");
  at.SendBatch({EventItem(MemberEvent(bad, UserName(1, "a.example"))),
                EventItem(MemberEvent(good, UserName(1, "b.example"))),
                EventItem(MemberEvent(bad, UserName(1, "b.example"), 2))});
  at.SendBatch({EventItem(MemberEvent(bad, UserName(1, "b.example"), 3))});
  const auto told = at.a.Told<topic::PeerEntries>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].items[0]->event->topic == good);
  CHECK(at.mallory.Got<RefusalFrame>().size() == 1);
  // Something better.
  at.SendBatch({EventItem(MemberEvent(bad, UserName(1, "b.example")))});
  CHECK(at.a.Told<topic::PeerEntries>().size() == 2);
}

TEST_CASE("frames against the protocol end the link with a word", "[hostile]") {
  Fixture at;
  const auto item = EventItem(MemberEvent(GroupName(5, "b.example"), UserName(1, "b.example")));
  const ServerKey other = ServerKey::Generate(at.world.sim.random());
  const auto wrong_key = [&] {
    return EncodeBatch({item}, at.key.id().view(),
                       other.Sign(chain::SignedText("b.example", std::string(32, 'r'))));
  };
  topic::LaneItem garbage;
  garbage.body = "not a body at all";
  const OutgoingItem garbled{LaneKind::kChain, std::make_shared<const topic::LaneItem>(garbage)};
  Hello hello;
  hello.domain = "b.example";
  hello.credit_bytes = 4 << 20;
  struct Row {
    std::string frame;
    std::string word;
  };
  const std::vector<Row> rows = {
      {"garbage", "malformed"},
      {std::string(kMaxFrameBytes + 1, 'x'), "malformed"},
      {EncodeFrame(hello), "protocol"},
      {wrong_key(), "bad_signature"},
      {SignBatch(at.key, "c.example", {item}), "bad_signature"},
      {SignBatch(other, "b.example", {item}), "unknown_key"},
      {EncodeBatch({item}, "short", "signature"), "malformed"},
      {SignBatch(at.key, "b.example", {garbled}), "malformed"},
      {SignBatch(at.key, "b.example", std::vector<OutgoingItem>(kMaxItemsPerBatch + 1, item)),
       "malformed"},
  };
  const Row& row = rows[static_cast<std::size_t>(GENERATE(range(0, 9)))];
  INFO(row.word);
  at.mallory.Send(row.frame);
  at.world.sim.Advance(absl::Seconds(3));
  CHECK(at.mallory.bye() == row.word);
  CHECK_FALSE(at.a.IsConnected("b.example"));
  CHECK(at.a.Told<topic::PeerEntries>().empty());
  CHECK(at.IsHealthy());
}

TEST_CASE("a sender that ignores its credit is cut off", "[hostile]") {
  Fixture at;
  at.a.answer = PeerNode::Answer::kNothing;
  std::int64_t n = 0;
  for (int i = 0; i < 100 && !at.mallory.is_closed; ++i) {
    std::vector<OutgoingItem> items;
    for (int k = 0; k < 4; ++k) {
      chain::Event event = MemberEvent(GroupName(5, "b.example"), UserName(1, "b.example"), ++n);
      event.state = TopicStateOf("b.example", {"\"" + std::string(50'000, 'x') + "\""});
      items.push_back(EventItem(event));
    }
    at.SendBatch(items);
  }
  CHECK(at.mallory.bye() == "over_credit");
  CHECK(n * 50'000 < 12 << 20);
  CHECK(at.IsHealthy());
}

TEST_CASE("an acknowledgement of what was never sent means nothing", "[hostile]") {
  Fixture at;
  TestChain chain(at.a, 5);
  chain.Publish("b.example");
  at.world.sim.Advance(absl::Seconds(2));
  Ack ack;
  ack.topics.push_back({chain.global(), 1000, 1000, {{5, 200, "ok", {"{"}}}});
  ack.topics.push_back({"no topic", 1, 1, {}});
  ack.topics.push_back({chain.global(), -5, -5, {}});
  at.mallory.Send(EncodeFrame(ack));
  at.world.sim.Advance(absl::Seconds(3));
  REQUIRE(at.a.Pending("b.example").size() == 1);
  CHECK(at.a.Pending("b.example")[0].acked == 0);
  // The text beside it comes through, what is no JSON does not.
  const auto took = at.a.Told<topic::PeerTook>();
  REQUIRE(took.size() == 1);
  CHECK(took[0].outcomes[0].params.empty());
  CHECK(at.IsHealthy());
}

TEST_CASE("nobody gets history for the asking", "[hostile]") {
  Fixture at;
  TestChain chain(at.a, 5);
  for (int i = 0; i < 5; ++i) chain.Append("c.example");
  Resume resume;
  resume.topics.push_back({chain.global(), 0, 0, {}});
  at.mallory.Send(EncodeFrame(resume));
  at.world.sim.Advance(absl::Seconds(5));
  CHECK(at.mallory.Got<ReceivedBatch>().empty());
}

TEST_CASE("notes and presence count for the peer's own users that are known here only",
          "[hostile]") {
  Fixture at;
  const std::string group = GroupName(5, "a.example");
  const std::string bob = UserName(1, "b.example");
  const auto note = [&](const std::string& user, const std::string& what, int seq) {
    return NoteFrame{group, user, what, seq};
  };
  REQUIRE(at.a.names.UserOfGlobal(bob).ok());
  at.mallory.Send(
      EncodeFrame(Notes{{note(bob, "kp", 0), note(bob, "read", 3), note(bob, "no", 3),
                         note(bob, "read", -1), note(UserName(2, "b.example"), "kp", 0),
                         note(UserName(7, "a.example"), "kp", 0), note("nobody", "kp", 0)}}));
  using What = UserStatus::What;
  Presence presence;
  presence.entries = {{bob, What::kOn, "x", {}},
                      {UserName(2, "b.example"), What::kOn, "", {}},
                      {UserName(7, "a.example"), What::kOff, "", {}},
                      {bob, What::kUnknown, "", {}}};
  at.mallory.Send(EncodeFrame(presence));
  at.world.sim.Advance(absl::Seconds(2));
  const auto notes = at.a.Told<topic::PeerNote>();
  REQUIRE(notes.size() == 2);
  CHECK(notes[1].what == "read");
  CHECK(notes[1].seq == 3);
  const auto statuses = at.a.Told<topic::PeerStatus>();
  REQUIRE(statuses.size() == 1);
  CHECK(statuses[0].what == presence::What::kOn);
  CHECK_FALSE(at.a.names.Knows(UserName(2, "b.example")));
}

TEST_CASE("floods of frames that cost nothing are slowed or left out", "[hostile]") {
  Fixture at;
  for (int i = 0; i < 3000; ++i) {
    at.mallory.Send(EncodeFrame(Call{static_cast<std::uint64_t>(i), Call::Question::kFind, "x"}));
    at.mallory.Send(EncodeFrame(PingFrame{static_cast<std::uint64_t>(i)}));
  }
  at.world.sim.Advance(absl::Seconds(5));
  std::size_t answered = 0;
  for (const CallResult& result : at.mallory.Got<CallResult>()) answered += result.code != 429;
  CHECK(answered <= 200 + 50 * 6);
  CHECK(at.a.StatsOf("b.example").throttled > 2000);
  CHECK(at.IsHealthy());
}

}  // namespace
}  // namespace molva::federation
