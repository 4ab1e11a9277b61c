// Presence, notes and questions between servers.
#include "tests/support/catch.h"
#include "tests/unit/federation_peer/peer_world.h"

namespace molva::federation {
namespace {

using model::TopicName;
using model::UserId;
using presence::What;

constexpr UserId kAnn = UserId::FromBits(7);
constexpr UserId kBob = UserId::FromBits(9);

// Two servers with a link.
struct Fixture {
  explicit Fixture(DomainRules rules_of_a = {})
      : a(world.Add("a.example", {}, std::move(rules_of_a))) {
    a.peers->RetryNow("b.example");
    world.sim.Advance(absl::Seconds(20));
    REQUIRE(a.IsConnected("b.example"));
  }
  void Say(UserId user, What what, const std::string& agent = "") {
    a.peers->port(0).SendStatus("b.example", user, what, agent, absl::FromUnixSeconds(5));
  }
  std::vector<What> Heard(UserId user) {
    std::vector<What> words;
    const absl::StatusOr<UserId> alias = b.names.UserOfGlobal(UserName(user.bits(), "a.example"));
    for (const auto& status : b.Told<topic::PeerStatus>(TopicName::Me(*alias).ToString())) {
      words.push_back(status.what);
    }
    return words;
  }

  PeerWorld world;
  PeerNode& a;
  PeerNode& b = world.Add("b.example");
};

TEST_CASE("presence of a user is told in one entry, however often it changed", "[people]") {
  Fixture at;
  REQUIRE(at.Heard(kAnn).empty());
  const PeerStats before = at.a.StatsOf("b.example");
  for (int i = 0; i < 50; ++i) {
    at.Say(kAnn, What::kOn);
    at.Say(kAnn, What::kOff);
  }
  at.Say(kAnn, What::kOn, "web");
  at.Say(kAnn, What::kUa, "phone");
  at.world.sim.Advance(absl::Seconds(1));
  CHECK(at.Heard(kAnn) == std::vector<What>{What::kOn});
  CHECK(at.b.Told<topic::PeerStatus>()[0].user_agent == "phone");
  CHECK(at.a.StatsOf("b.example").out.statuses == before.out.statuses + 1);
  at.Say(kAnn, What::kUpd);
  at.world.sim.Advance(absl::Seconds(1));
  CHECK(at.Heard(kAnn) == std::vector<What>{What::kOn, What::kUpd});
}

TEST_CASE("who is not in the snapshot of a new link has gone", "[people]") {
  Fixture at;
  REQUIRE(at.Heard(kAnn).empty());
  REQUIRE(at.Heard(kBob).empty());
  at.Say(kAnn, What::kOn);
  at.Say(kBob, What::kOn);
  at.world.sim.Advance(absl::Seconds(1));
  at.world.network.Break("a.example", "b.example");
  at.b.told.clear();
  at.world.sim.Settle();
  // Ann has gone meanwhile; Bob says at the new link that he is here.
  at.a.on_up = [&] { at.Say(kBob, What::kOn); };
  at.world.sim.Advance(absl::Minutes(2));
  CHECK(at.Heard(kAnn) == std::vector<What>{What::kOff});
  CHECK(at.Heard(kBob) == std::vector<What>{What::kOn});
}

TEST_CASE("a server may be told nothing of who is online", "[people]") {
  Fixture at(DomainRules{{}, {}, {"b.example"}});
  REQUIRE(at.Heard(kAnn).empty());
  at.Say(kAnn, What::kOn);
  at.world.sim.Advance(absl::Seconds(1));
  CHECK(at.Heard(kAnn).empty());
  CHECK(at.a.StatsOf("b.example").out.statuses == 0);
}

TEST_CASE("typing and receipts pass while there is a link", "[people]") {
  Fixture at;
  const std::string group = GroupName(5, "b.example");
  REQUIRE(at.b.names.UserOfGlobal(UserName(7, "a.example")).ok());
  at.a.peers->port(1).SendNote("b.example", *at.a.names.TopicOfGlobal(group), kAnn, "read", 12);
  at.world.sim.Advance(absl::Seconds(1));
  const auto notes = at.b.Told<topic::PeerNote>(TopicName::Group(5).ToString());
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].what == "read");
  CHECK(notes[0].seq == 12);
  CHECK(notes[0].domain == "a.example");
  CHECK(at.b.names.GlobalNameOf(notes[0].user) == UserName(7, "a.example"));
}

store::UserRecord Account(UserId id, const std::string& login) {
  store::UserRecord user;
  user.id = id;
  user.created = user.updated = absl::FromUnixSeconds(1'700'000'000);
  user.access.auth = *model::AccessMode::Parse("JRWPAS");
  user.public_card = {R"({"fn":"Bob"})"};
  user.tags = {"basic:" + login, "email:" + login + "@b.example"};
  return user;
}

TEST_CASE("a user of another server is looked up and kept as a shadow", "[people]") {
  Fixture at;
  at.b.Write({store::PutUser{Account(kBob, "bob")}});
  const std::string name = UserName(kBob.bits(), "b.example");
  const UserId alias = *at.a.names.UserOfGlobal(name);
  CHECK_FALSE(at.a.names.IsConfirmed(alias));
  absl::StatusOr<store::UserRecord> found = absl::UnknownError("none");
  at.a.peers->port(0).LookUp(alias, [&](absl::StatusOr<store::UserRecord> got) { found = got; });
  at.world.sim.Advance(absl::Seconds(2));
  REQUIRE(found.ok());
  CHECK(found->id == alias);
  CHECK(found->origin == name);
  CHECK(found->public_card.text == R"({"fn":"Bob"})");
  CHECK(found->access.auth == *model::AccessMode::Parse("JRWPAS"));
  CHECK(found->tags.empty());
  CHECK(at.a.names.IsConfirmed(alias));
  std::optional<store::UserRecord> kept;
  at.a.store().FindUser(alias, [&](const auto& got) { kept = *got; });
  at.world.sim.Settle();
  REQUIRE(kept.has_value());
  CHECK(kept->origin == name);

  SECTION("one who does not exist is not found") {
    const UserId nobody = *at.a.names.UserOfGlobal(UserName(99, "b.example"));
    at.a.peers->port(0).LookUp(nobody, [&](absl::StatusOr<store::UserRecord> got) { found = got; });
    at.world.sim.Advance(absl::Seconds(2));
    CHECK(absl::IsNotFound(found.status()));
  }
  SECTION("without a link the answer is that it cannot be asked, soon") {
    at.world.network.Vanish("b.example", test::SimNetwork::Death::kProcess);
    at.world.sim.Advance(absl::Seconds(1));
    at.a.peers->port(0).LookUp(alias, [&](absl::StatusOr<store::UserRecord> got) { found = got; });
    at.world.sim.Advance(absl::Seconds(6));
    CHECK(absl::IsUnavailable(found.status()));
  }
  SECTION("a denied server is not asked") {
    at.a.peers->SetRules({{}, {"b.example"}, {}});
    at.world.sim.Advance(absl::Seconds(1));
    at.a.peers->port(0).LookUp(alias, [&](absl::StatusOr<store::UserRecord> got) { found = got; });
    at.world.sim.Advance(absl::Seconds(1));
    CHECK(absl::IsPermissionDenied(found.status()));
  }
}

TEST_CASE("people of another server are found by login name or tag, its shadows are not",
          "[people]") {
  Fixture at;
  store::UserRecord shadow = Account(*at.b.names.UserOfGlobal(UserName(3, "c.example")), "carol");
  shadow.origin = UserName(3, "c.example");
  at.b.Write({store::PutUser{Account(kBob, "bob")}, store::PutUser{shadow}});
  absl::StatusOr<std::vector<store::TagHit>> found = absl::UnknownError("none");
  const auto ask = [&](const std::string& text) {
    at.a.peers->port(1).Find("b.example", text,
                             [&](absl::StatusOr<std::vector<store::TagHit>> got) { found = got; });
    at.world.sim.Advance(absl::Seconds(2));
  };
  for (const std::string& text :
       {std::string("bob"), std::string("BOB"), std::string("email:bob@b.example")}) {
    ask(text);
    REQUIRE(found.ok());
    REQUIRE(found->size() == 1);
    const auto& user = std::get<store::UserRecord>(found->front().what);
    CHECK(user.origin == UserName(kBob.bits(), "b.example"));
    CHECK(user.id == *at.a.names.UserOfGlobal(user.origin));
    CHECK(found->front().matched.size() == 1);
  }
  for (const std::string& text : {std::string("carol"), std::string("bobby")}) {
    ask(text);
    CHECK(absl::IsNotFound(found.status()));
  }
}

TEST_CASE("an answer about somebody else's users, or with a bad card, is not believed",
          "[people]") {
  PeerWorld world;
  PeerNode& a = world.Add("a.example");
  RawPeer mallory(world, "b.example", world.KeyOf("b.example").public_key(), a);
  mallory.Greet("b.example");
  const UserId alias = *a.names.UserOfGlobal(UserName(9, "b.example"));
  Found card;
  card.name = UserName(9, "b.example");
  SECTION("another server's user") { card.name = UserName(9, "c.example"); }
  SECTION("another user") { card.name = UserName(8, "b.example"); }
  SECTION("one of ours") { card.name = UserName(9, "a.example"); }
  SECTION("no JSON") { card.public_card = {"{"}; }
  SECTION("no rights") { card.access_auth = "XYZ"; }
  SECTION("no name") { card.name = "bob"; }
  absl::StatusOr<store::UserRecord> found = absl::UnknownError("none");
  a.peers->port(0).LookUp(alias, [&](absl::StatusOr<store::UserRecord> got) { found = got; });
  world.sim.Advance(absl::Seconds(1));
  const auto calls = mallory.Got<Call>();
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].text == UserName(9, "b.example"));
  mallory.Send(EncodeFrame(CallResult{calls[0].id, 200, {card}}));
  mallory.Send(EncodeFrame(CallResult{calls[0].id, 200, {card}}));
  mallory.Send(EncodeFrame(CallResult{77, 200, {card}}));
  world.sim.Advance(absl::Seconds(1));
  CHECK_FALSE(found.ok());
  CHECK_FALSE(absl::IsUnknown(found.status()));
  CHECK_FALSE(a.names.IsConfirmed(alias));
}

}  // namespace
}  // namespace molva::federation
