// Contacts, members and the search by tags.
#include <algorithm>
#include <set>

#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line
using model::TopicName;
using model::UserId;

const Contact* Find(const std::vector<Contact>& contacts, TopicName name) {
  for (const Contact& contact : contacts) {
    if (contact.topic.name == name) return &contact;
  }
  return nullptr;
}

// What a hit is called, for comparison.
std::vector<std::string> Names(const std::vector<TagHit>& hits) {
  std::vector<std::string> names;
  for (const TagHit& hit : hits) {
    const auto* user = std::get_if<UserRecord>(&hit.what);
    names.push_back(user != nullptr ? user->id.ToString()
                                    : std::get<TopicRecord>(hit.what).name.ToString());
  }
  return names;
}

TEST_CASE("the contacts of a user carry topic and peer, without me and fnd") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  UserRecord bob = MakeUser(kBob);
  bob.updated = At(400);
  bob.state = State::kSuspended;
  bob.public_card = {R"({"fn":"Bob"})"};
  TopicRecord chat = MakeTopic(kChat);
  chat.owner = {};
  SubscriptionRecord left = MakeSubscription(kGroup, kAnn);
  left.deleted = At(70);
  h.MustWrite({PutUser{MakeUser(kAnn)}, PutUser{bob}, PutTopic{MakeTopic(kGroup)}, PutTopic{chat},
               PutTopic{MakeTopic(TopicName::Me(kAnn))}, PutTopic{MakeTopic(TopicName::Fnd(kAnn))},
               PutSubscription{MakeSubscription(TopicName::Me(kAnn), kAnn)},
               PutSubscription{MakeSubscription(TopicName::Fnd(kAnn), kAnn)}, PutSubscription{left},
               PutSubscription{MakeSubscription(kChat, kAnn)},
               PutSubscription{MakeSubscription(kChat, kBob)},
               AppendMessage{MakeMessage(kChat, 1)}});
  const auto contacts = h.Contacts(kAnn);
  REQUIRE(contacts.size() == 2);
  const Contact* group = Find(contacts, kGroup);
  const Contact* with_bob = Find(contacts, kChat);
  REQUIRE(group != nullptr);
  REQUIRE(with_bob != nullptr);
  CHECK(group->subscription.deleted == At(70));
  CHECK(group->topic.public_card == MakeTopic(kGroup).public_card);
  CHECK_FALSE(group->peer.has_value());
  REQUIRE(with_bob->peer.has_value());
  CHECK(with_bob->peer->id == kBob);
  CHECK(with_bob->topic.public_card == bob.public_card);
  CHECK(with_bob->topic.trusted == bob.trusted);
  CHECK(with_bob->topic.updated == At(400));
  CHECK(with_bob->topic.state == State::kSuspended);
  CHECK(with_bob->topic.seq == 1);
  CHECK(with_bob->topic.touched == At(101));
  CHECK(with_bob->topic.subscriber_count == 2);
  CHECK(with_bob->subscription.user == kAnn);
  CHECK(h.Contacts(kBob).front().peer->id == kAnn);
  CHECK(h.Contacts(kCid).empty());
}

TEST_CASE("a contact whose peer is gone shows the topic alone") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutUser{MakeUser(kBob)}, PutTopic{MakeTopic(kChat)},
               PutSubscription{MakeSubscription(kChat, kAnn)}});
  h.MustWrite({EraseUser{kBob}});
  const auto contacts = h.Contacts(kAnn);
  REQUIRE(contacts.size() == 1);
  CHECK_FALSE(contacts[0].peer.has_value());
  CHECK(contacts[0].topic.state == State::kOk);
}

TEST_CASE("a reader's channel is among his contacts, but he is not among the members") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  SubscriptionRecord reader = MakeSubscription(kGroup, kCid);
  reader.is_reader = true;
  h.MustWrite({PutTopic{MakeTopic(kGroup)}, PutSubscription{reader}});
  REQUIRE(h.Contacts(kCid).size() == 1);
  CHECK(h.Contacts(kCid)[0].subscription.is_reader);
  CHECK(h.Members(kGroup).empty());
}

TEST_CASE("members carry their cards; of a user who is gone only the id") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  SubscriptionRecord banned = MakeSubscription(kGroup, kCid);
  banned.deleted = At(70);
  h.MustWrite({PutUser{MakeUser(kAnn)}, PutTopic{MakeTopic(kGroup)},
               PutSubscription{MakeSubscription(kGroup, kAnn)}, PutSubscription{banned}});
  const auto members = h.Members(kGroup);
  REQUIRE(members.size() == 2);
  CHECK(members[0].user.id == kAnn);
  CHECK(members[0].user.public_card == MakeUser(kAnn).public_card);
  CHECK(members[1].user.id == kCid);
  CHECK(members[1].user.public_card.empty());
  CHECK(members[1].subscription.deleted == At(70));
}

TEST_CASE("required tags must all be met, optional ones improve the rank") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  const TopicName other = TopicName::Group(78);
  h.MustWrite({PutUser{MakeUser(kAnn, {"alias:ann", "flowers"})},
               PutUser{MakeUser(kBob, {"flowers", "travel"})}, PutUser{MakeUser(kCid, {"travel"})},
               PutTopic{MakeTopic(kGroup, {"flowers"})}, PutTopic{MakeTopic(other, {"flowers"})},
               PutSubscription{MakeSubscription(other, kAnn)}});
  const std::string ann = kAnn.ToString();
  const std::string bob = kBob.ToString();
  const std::string group = kGroup.ToString();
  using List = std::vector<std::string>;
  const UserId asker = UserId::FromBits(5);
  CHECK(Names(h.ByTags({{{"travel"}, {"flowers"}}, {}, asker})) == List{bob});
  const auto found = h.ByTags({{{"flowers", "rockets"}}, {"travel", "alias:ann"}, asker});
  CHECK(Names(found) == List{ann, bob, other.ToString(), group});
  CHECK(found[0].matched == List{"alias:ann", "flowers"});
  CHECK(found[1].matched == List{"flowers", "travel"});
  CHECK(Names(h.ByTags({{{"flowers"}}, {"travel", "alias:ann"}, kAnn, 1})) == List{bob});
  CHECK(h.ByTags({{}, {"travel"}, asker}).size() == 2);
  CHECK(h.ByTags({{}, {}, asker}).empty());
  CHECK(h.ByTags({{{"nothing"}}, {"travel"}, asker}).empty());
}

TEST_CASE("the search forgets old tags and leaves out who is not in order") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutUser{MakeUser(kAnn, {"old", "same"})}, PutTopic{MakeTopic(kGroup, {"same"})}});
  UserRecord ann = MakeUser(kAnn, {"new", "same"});
  h.MustWrite({PutUser{ann}});
  CHECK(h.ByTags({{{"old"}}, {}, kBob}).empty());
  CHECK(h.ByTags({{{"new"}}, {}, kBob}).size() == 1);
  CHECK(h.ByTags({{{"same"}}, {}, kBob}).size() == 2);
  ann.state = State::kSuspended;
  h.MustWrite({PutUser{ann}, EraseTopic{kGroup, false}});
  CHECK(h.ByTags({{{"same"}}, {}, kBob}).empty());
}

}  // namespace
}  // namespace molva::test
