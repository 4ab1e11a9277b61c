// Which messages a user finds by their words in all his topics, and that nobody finds more.
#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line
using model::AccessMode;
using model::SeqId;
using model::TopicName;
using Hits = std::vector<std::pair<TopicName, SeqId>>;

constexpr TopicName kOther = TopicName::Group(78);

std::vector<WordHit> Search(StoreHarness& h, UserWordQuery query) {
  query.phrases = {{{"word"}, Phrase::End::kWhole}};
  return h.MustAsk<std::vector<WordHit>>(
      [=](Store& store, auto done) { store.FindWordsOfUser(query, std::move(done)); });
}

Hits Found(StoreHarness& h, model::UserId reader) {
  Hits hits;
  UserWordQuery query;
  query.reader = reader;
  for (const WordHit& hit : Search(h, query)) {
    CHECK(hit.subscription.user == reader);
    CHECK(hit.subscription.topic == hit.message.topic);
    hits.emplace_back(hit.message.topic, hit.message.seq);
  }
  return hits;
}

TopicRecord Topic(TopicName name) {
  TopicRecord topic = MakeTopic(name);
  topic.state = State::kOk;
  topic.is_channel = false;
  return topic;
}

SubscriptionRecord Subscribed(TopicName topic, model::UserId user) {
  SubscriptionRecord own = MakeSubscription(topic, user);
  own.want = own.given = model::access::kReader;
  own.is_reader = false;
  own.deleted.reset();
  return own;
}

SubscriptionRecord Reading(TopicName topic, model::UserId user) {
  SubscriptionRecord own = Subscribed(topic, user);
  own.is_reader = true;
  return own;
}

// A message of Ann with the word, made at `time`.
void Say(StoreHarness& h, TopicName topic, SeqId seq, int time) {
  MessageRecord message = MakeMessage(topic, seq);
  message.created = At(time);
  h.MustWrite({AppendMessage{message}, PutWords{{topic, seq, "a word"}}, EndWords{topic, seq}});
}

TEST_CASE("the messages of all topics are found by time, and page by page") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  for (const TopicName topic : {kGroup, kOther, kChat}) {
    h.MustWrite({PutTopic{Topic(topic)}, PutSubscription{Subscribed(topic, kBob)}});
  }
  Say(h, kGroup, 1, 10);
  Say(h, kOther, 1, 20);
  Say(h, kGroup, 2, 30);
  Say(h, kChat, 1, 40);
  Say(h, kOther, 2, 40);
  Say(h, kOther, 3, 40);
  Say(h, kGroup, 3, 40);
  h.Reopen();
  // At the same time the name decides, then the number.
  std::vector<TopicName> names{kGroup, kOther, kChat};
  std::sort(names.begin(), names.end(),
            [](const TopicName& a, const TopicName& b) { return a.ToString() > b.ToString(); });
  Hits expected;
  for (const TopicName& name : names) {
    if (name == kGroup) expected.emplace_back(kGroup, 3);
    if (name == kOther) expected.insert(expected.end(), {{kOther, 3}, {kOther, 2}});
    if (name == kChat) expected.emplace_back(kChat, 1);
  }
  expected.insert(expected.end(), {{kGroup, 2}, {kOther, 1}, {kGroup, 1}});
  CHECK(Found(h, kBob) == expected);
  for (const std::int32_t limit : {1, 2, 3}) {
    Hits paged;
    UserWordQuery query;
    query.reader = kBob;
    query.limit = limit;
    for (std::vector<WordHit> page = Search(h, query); !page.empty(); page = Search(h, query)) {
      REQUIRE(page.size() <= static_cast<std::size_t>(limit));
      REQUIRE(paged.size() < expected.size());
      for (const WordHit& hit : page) paged.emplace_back(hit.message.topic, hit.message.seq);
      const MessageRecord& last = page.back().message;
      query.behind = MessagePlace{last.created, last.topic, last.seq};
    }
    CHECK(paged == expected);
  }
}

TEST_CASE("nobody finds what he may not read") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  TopicRecord topic = Topic(kGroup);
  SubscriptionRecord own = Subscribed(kGroup, kBob);
  h.MustWrite({PutTopic{topic}, PutSubscription{own}, PutSubscription{Subscribed(kGroup, kAnn)}});
  Say(h, kGroup, 1, 10);
  REQUIRE(Found(h, kBob) == Hits{{kGroup, 1}});
  CHECK(Found(h, kCid).empty());
  SECTION("because R is not given") {
    own.given = own.given.Without(AccessMode::kRead);
    h.MustWrite({PutSubscription{own}});
    CHECK(Found(h, kBob).empty());
  }
  SECTION("because he does not want R") {
    own.want = own.want.Without(AccessMode::kRead);
    h.MustWrite({PutSubscription{own}});
    CHECK(Found(h, kBob).empty());
  }
  SECTION("because he is banned") {
    own.given = own.given.Without(AccessMode::kJoin);
    h.MustWrite({PutSubscription{own}});
    CHECK(Found(h, kBob).empty());
  }
  SECTION("because he has left") {
    own.deleted = At(20);
    h.MustWrite({PutSubscription{own}});
    CHECK(Found(h, kBob).empty());
  }
  SECTION("because the topic is suspended or deleted") {
    for (const State state : {State::kSuspended, State::kDeleted}) {
      topic.state = state;
      h.MustWrite({PutTopic{topic}});
      CHECK(Found(h, kBob).empty());
    }
  }
  SECTION("because the topic is gone") {
    h.MustWrite({EraseTopic{kGroup}});
    CHECK(Found(h, kBob).empty());
    CHECK(Found(h, kAnn).empty());
  }
  SECTION("because the message is deleted") {
    h.MustWrite({PutDeletion{MakeDeletion(kGroup, model::UserId::Nobody(), 1, {{1, 2}})}});
    CHECK(Found(h, kBob).empty());
    CHECK(Found(h, kAnn).empty());
  }
  SECTION("because he has hidden the message") {
    h.MustWrite({PutDeletion{MakeDeletion(kGroup, kBob, 1, {{1, 2}})}});
    CHECK(Found(h, kBob).empty());
    CHECK(Found(h, kAnn) == Hits{{kGroup, 1}});
  }
}

TEST_CASE("a reader finds in channels, and not if he is something else there") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  TopicRecord topic = Topic(kGroup);
  topic.is_channel = true;
  SubscriptionRecord member = Subscribed(kGroup, kBob);
  h.MustWrite({PutTopic{topic}, PutSubscription{Reading(kGroup, kBob)}});
  Say(h, kGroup, 1, 10);
  REQUIRE(Found(h, kBob) == Hits{{kGroup, 1}});
  SECTION("a member that may read: once") {
    h.MustWrite({PutSubscription{member}});
    CHECK(Found(h, kBob) == Hits{{kGroup, 1}});
  }
  SECTION("a member that may not read") {
    member.given = member.given.Without(AccessMode::kRead);
    h.MustWrite({PutSubscription{member}});
    CHECK(Found(h, kBob).empty());
  }
  SECTION("a former member: he reads on") {
    member.deleted = At(20);
    h.MustWrite({PutSubscription{member}});
    CHECK(Found(h, kBob) == Hits{{kGroup, 1}});
  }
  SECTION("a former member who was banned") {
    member.deleted = At(20);
    member.given = AccessMode::None();
    h.MustWrite({PutSubscription{member}});
    CHECK(Found(h, kBob).empty());
  }
  SECTION("a topic that is no channel any more") {
    topic.is_channel = false;
    h.MustWrite({PutTopic{topic}});
    CHECK(Found(h, kBob).empty());
  }
}

TEST_CASE("what waits to be indexed is listed by subscriber, too") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  for (const TopicName topic : {kGroup, kOther}) {
    h.MustWrite({PutTopic{Topic(topic)}, AppendMessage{MakeMessage(topic, 1)}});
  }
  h.MustWrite({PutSubscription{Subscribed(kGroup, kBob)}, PutSubscription{Subscribed(kOther, kAnn)},
               PutSubscription{Reading(kOther, kCid)}});
  const auto unindexed = [&h](model::UserId user) {
    Hits hits;
    for (const MessageRecord& message :
         h.MustAsk<std::vector<MessageRecord>>([user](Store& store, auto done) {
           store.ListUnindexed(user, 100, std::move(done));
         })) {
      hits.emplace_back(message.topic, message.seq);
    }
    return hits;
  };
  CHECK(unindexed(kBob) == Hits{{kGroup, 1}});
  CHECK(unindexed(kAnn) == Hits{{kOther, 1}});
  CHECK(unindexed(kCid) == Hits{{kOther, 1}});
  SubscriptionRecord left = Subscribed(kGroup, kBob);
  left.deleted = At(20);
  h.MustWrite({PutSubscription{left}});
  CHECK(unindexed(kBob).empty());
}

}  // namespace
}  // namespace molva::test
