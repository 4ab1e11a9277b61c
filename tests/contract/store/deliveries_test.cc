// Deliveries to peers, shadows of what lives elsewhere, and the listing of values.
#include <algorithm>

#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line
using model::TopicName;

std::string Text(const DeliveryRecord& delivery) {
  return delivery.peer + " " + delivery.topic.ToString() + " '" + delivery.lane + "' " +
         std::to_string(delivery.acked) + "/" + std::to_string(delivery.through);
}

std::vector<std::string> Texts(const std::vector<DeliveryRecord>& deliveries) {
  std::vector<std::string> texts;
  for (const DeliveryRecord& delivery : deliveries) texts.push_back(Text(delivery));
  return texts;
}

RequestDelivery Request(std::string peer, TopicName topic, std::string lane, std::int64_t through) {
  return {{std::move(peer), topic, std::move(lane), through, 0}};
}

ConfirmDelivery Confirm(std::string peer, TopicName topic, std::string lane, std::int64_t acked) {
  return {{std::move(peer), topic, std::move(lane), 0, acked}};
}

using Names = std::vector<std::string>;

TEST_CASE("a delivery rises as requested and is confirmed no further than that") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  const std::string group = kGroup.ToString();
  h.MustWrite({Confirm("b.example", kGroup, "", 5)});
  h.MustWrite({RequestDelivery{{"b.example", kGroup, "", 3, 2}}});
  CHECK(Texts(h.Deliveries({"b.example", "", ""})) == Names{"b.example " + group + " '' 0/3"});
  h.MustWrite({Request("b.example", kGroup, "", 2), Confirm("b.example", kGroup, "", 1)});
  h.MustWrite({Confirm("b.example", kGroup, "", 0)});
  CHECK(Texts(h.Deliveries({"b.example", "", ""})) == Names{"b.example " + group + " '' 1/3"});
  h.MustWrite({Confirm("b.example", kGroup, "", 100)});
  CHECK(h.Deliveries({"b.example", "", ""}).empty());
  h.Reopen();
  // What was acknowledged is remembered, but never beyond what was requested then.
  h.MustWrite({Request("b.example", kGroup, "", 7)});
  CHECK(Texts(h.Deliveries({"b.example", "", ""})) == Names{"b.example " + group + " '' 3/7"});
}

TEST_CASE("confirmed before requested, within one commit, is another thing than after") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({Request("b.example", kGroup, "", 3)});
  std::vector<std::future<absl::Status>> waits;
  waits.push_back(h.WriteLater({Confirm("b.example", kGroup, "", 5)}));
  waits.push_back(h.WriteLater({Request("b.example", kGroup, "", 9)}));
  waits.push_back(h.WriteLater({Request("c.example", kGroup, "", 9)}));
  waits.push_back(h.WriteLater({Confirm("c.example", kGroup, "", 5)}));
  for (auto& wait : waits) CHECK(StoreHarness::Wait(std::move(wait)).ok());
  CHECK(h.Deliveries({"b.example", "", ""})[0].acked == 3);
  CHECK(h.Deliveries({"c.example", "", ""})[0].acked == 5);
}

TEST_CASE("deliveries are listed by topic text and lane, page by page, finished ones left out") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  std::vector<std::string> expected;
  Batch batch;
  for (std::uint64_t i = 1; i <= 20; ++i) {
    const TopicName topic = TopicName::Group(i * 0x0123456789abcdef);
    for (const char* lane : {"", "@"}) {
      batch.push_back(Request("b.example", topic, lane, 1));
      expected.push_back("b.example " + topic.ToString() + " '" + lane + "' 0/1");
    }
    batch.push_back(Request("a.example", topic, "", 1));
    batch.push_back(Request("c.example", topic, "", 1));
    batch.push_back(Request("b.example", topic, "done", 1));
    batch.push_back(Confirm("b.example", topic, "done", 1));
  }
  h.MustWrite(batch);
  std::sort(expected.begin(), expected.end());
  std::vector<std::string> found;
  DeliveryQuery query{"b.example", "", "", 7};
  for (int page = 0; page < 10; ++page) {
    const auto deliveries = h.Deliveries(query);
    if (deliveries.empty()) break;
    REQUIRE(deliveries.size() <= 7);
    for (const std::string& text : Texts(deliveries)) found.push_back(text);
    query.after_topic = deliveries.back().topic.ToString();
    query.after_lane = deliveries.back().lane;
  }
  CHECK(found == expected);
  CHECK(h.Deliveries({"nobody.example", "", ""}).empty());
  CHECK(h.Deliveries({"b.example", "", "", 0}).empty());
}

TEST_CASE("without a peer the deliveries of every peer come, peer by peer") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({Request("b.example", kGroup, "", 1), Request("a.example", kGroup, "@", 1),
               Request("a.example", kChat, "", 1), Request("c.example", kGroup, "", 1),
               Confirm("c.example", kGroup, "", 1)});
  const std::string group = kGroup.ToString();
  const std::string chat = kChat.ToString();
  const Names all{"a.example " + group + " '@' 0/1", "a.example " + chat + " '' 0/1",
                  "b.example " + group + " '' 0/1"};
  CHECK(Texts(h.Deliveries(DeliveryQuery{})) == all);
  CHECK(h.Deliveries({"", "", "", 2}).size() == 2);
  CHECK(Texts(h.Deliveries({"", "zzz", "", 10})) == all);
}

TEST_CASE("a user of another server is put once and keeps the card that was put later") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  UserRecord shadow = MakeUser(kBob, {"alias:bob"});
  shadow.origin = "usrAAAAAAAAAAA@b.example";
  h.MustWrite({EnsureUser{shadow}});
  CHECK(h.User(kBob)->origin == shadow.origin);
  CHECK(h.User(kBob)->public_card == shadow.public_card);
  CHECK(h.ByTags({{{"alias:bob"}}, {}, kAnn}).size() == 1);
  UserRecord newer = shadow;
  newer.public_card = {R"({"fn":"newer"})"};
  h.MustWrite({PutUser{newer, Expect::kPresent}});
  h.MustWrite({PutValue{"mark", "x"}, EnsureUser{shadow}});
  CHECK(h.Value("mark") == "x");
  CHECK(h.User(kBob)->public_card == newer.public_card);
  CHECK(MakeUser(kAnn).origin.empty());
  h.MustWrite({PutUser{MakeUser(kAnn)}});
  CHECK(h.User(kAnn)->origin.empty());
}

TEST_CASE("a topic keeps its home and global name, wherever it is read") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  TopicRecord group = MakeTopic(kGroup, {"alias:group"});
  group.home = "b.example";
  group.origin = "grpAAAAAAAAAAA@b.example";
  UserRecord bob = MakeUser(kBob);
  bob.origin = "usrAAAAAAAAAAA@b.example";
  h.MustWrite({PutTopic{group}, PutTopic{MakeTopic(kChat)}, PutUser{bob},
               PutSubscription{MakeSubscription(kGroup, kAnn)},
               PutSubscription{MakeSubscription(kChat, kAnn)},
               PutSubscription{MakeSubscription(kChat, kBob)}});
  h.Reopen();
  CHECK(h.Topic(kGroup)->home == group.home);
  CHECK(h.Topic(kGroup)->origin == group.origin);
  CHECK(h.Topic(kChat)->home.empty());
  CHECK(h.Topic(kChat)->origin.empty());
  int found = 0;
  for (const Contact& contact : h.Contacts(kAnn)) {
    if (contact.topic.name == kGroup && contact.topic.origin == group.origin) ++found;
    if (contact.peer.has_value() && contact.peer->origin == bob.origin) ++found;
  }
  CHECK(found == 2);
  for (const Member& member : h.Members(kChat)) {
    CHECK(member.user.origin == (member.user.id == kBob ? bob.origin : ""));
  }
  const auto hits = h.ByTags({{{"alias:group"}}, {}, kAnn});
  REQUIRE(hits.size() == 1);
  CHECK(std::get<TopicRecord>(hits[0].what).home == group.home);
}

std::vector<std::string> Aliases(const std::vector<ForeignName>& names) {
  std::vector<std::string> aliases;
  for (const ForeignName& name : names) aliases.push_back(name.alias.ToString());
  return aliases;
}

TEST_CASE("foreign names are listed by the text of the alias, page by page") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Batch batch = {PutUser{MakeUser(kAnn)}, PutTopic{MakeTopic(kGroup)}};
  std::vector<std::string> expected;
  for (std::uint64_t i = 1; i <= 10; ++i) {
    UserRecord user = MakeUser(model::UserId::FromBits(i * 0x9e3779b97f4a7c15));
    user.origin = "usr" + std::to_string(i) + "@b.example";
    batch.push_back(i % 2 == 0 ? Mutation(PutUser{user}) : Mutation(EnsureUser{user}));
    expected.push_back(user.id.ToString());
    TopicRecord topic = MakeTopic(TopicName::Group(i * 0x9e3779b97f4a7c15));
    topic.origin = "grp" + std::to_string(i) + "@b.example";
    batch.push_back(PutTopic{topic});
    expected.push_back(topic.name.ToString());
  }
  h.MustWrite(batch);
  std::sort(expected.begin(), expected.end());
  std::vector<std::string> found;
  for (int page = 0; page < 20; ++page) {
    const auto names = Aliases(h.ForeignNames(found.empty() ? "" : found.back(), 3));
    if (names.empty()) break;
    found.insert(found.end(), names.begin(), names.end());
  }
  CHECK(found == expected);
  CHECK(h.ForeignNames("", 0).empty());
}

TEST_CASE("a foreign name goes with its user or topic, or when the origin is taken away") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  UserRecord bob = MakeUser(kBob);
  bob.origin = "usrAAAAAAAAAAA@b.example";
  UserRecord cid = MakeUser(kCid);
  cid.origin = "usrBBBBBBBBBBB@b.example";
  TopicRecord group = MakeTopic(kGroup);
  group.origin = "grpAAAAAAAAAAA@b.example";
  h.MustWrite({PutUser{bob}, PutUser{cid}, PutTopic{group}});
  const auto names = h.ForeignNames();
  REQUIRE(names.size() == 3);
  CHECK(names[0].alias == kGroup);
  CHECK(names[0].origin == group.origin);
  cid.origin = "usrCCCCCCCCCCC@c.example";
  h.MustWrite({EraseUser{kBob}, EraseTopic{kGroup}, PutUser{cid}});
  REQUIRE(h.ForeignNames().size() == 1);
  CHECK(h.ForeignNames()[0].alias == TopicName::Me(kCid));
  CHECK(h.ForeignNames()[0].origin == cid.origin);
  cid.origin = "";
  h.MustWrite({PutUser{cid}});
  CHECK(h.ForeignNames().empty());
}

TEST_CASE("values are listed by prefix, in order") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutValue{"peer/b", "2"}, PutValue{"peer/a", std::string("\0\xff", 2)},
               PutValue{"peer/", ""}, PutValue{"peer0", "x"}, PutValue{"pee", "x"},
               PutValue{"peer/c", "3"}});
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(
      h.Values("peer/") ==
      Pairs{{"peer/", ""}, {"peer/a", std::string("\0\xff", 2)}, {"peer/b", "2"}, {"peer/c", "3"}});
  CHECK(h.Values("peer/", 2).size() == 2);
  CHECK(h.Values("").size() == 6);
  CHECK(h.Values("peer/x").empty());
  CHECK(h.Values("", 0).empty());
}

}  // namespace
}  // namespace molva::test
