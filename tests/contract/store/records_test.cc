// Users, topics, subscriptions, auth records and values: what goes in comes out.
#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line

void CheckSame(const UserRecord& a, const UserRecord& b) {
  CHECK(a.id == b.id);
  CHECK(a.created == b.created);
  CHECK(a.updated == b.updated);
  CHECK(a.state == b.state);
  CHECK(a.access == b.access);
  CHECK(a.last_seen == b.last_seen);
  CHECK(a.user_agent == b.user_agent);
  CHECK(a.public_card == b.public_card);
  CHECK(a.trusted == b.trusted);
  CHECK(a.tags == b.tags);
}

void CheckSame(const SubscriptionRecord& a, const SubscriptionRecord& b) {
  CHECK(a.topic == b.topic);
  CHECK(a.user == b.user);
  CHECK(a.is_reader == b.is_reader);
  CHECK(a.created == b.created);
  CHECK(a.updated == b.updated);
  CHECK(a.deleted == b.deleted);
  CHECK(a.del_id == b.del_id);
  CHECK(a.recv == b.recv);
  CHECK(a.read == b.read);
  CHECK(a.want == b.want);
  CHECK(a.given == b.given);
  CHECK(a.private_note == b.private_note);
}

TEST_CASE("a user comes back as written, also after reopening") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  const UserRecord ann = MakeUser(kAnn, {"basic:ann", "with space, comma"});
  CHECK_FALSE(h.User(kAnn).has_value());
  h.MustWrite({PutUser{ann, Expect::kAbsent}});
  h.Reopen();
  const auto found = h.User(kAnn);
  REQUIRE(found.has_value());
  CheckSame(*found, ann);
}

TEST_CASE("a user without last seen, cards and tags comes back without them") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  UserRecord bob;
  bob.id = kBob;
  bob.created = bob.updated = At(0);
  h.MustWrite({PutUser{bob}});
  const auto found = h.User(kBob);
  REQUIRE(found.has_value());
  CheckSame(*found, bob);
}

TEST_CASE("a deleted user is not found") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  UserRecord ann = MakeUser(kAnn);
  ann.state = State::kDeleted;
  h.MustWrite({PutUser{ann}});
  CHECK_FALSE(h.User(kAnn).has_value());
}

TEST_CASE("last seen changes alone, and not for users who are not there") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  UserRecord ann = MakeUser(kAnn);
  h.MustWrite({PutUser{ann}});
  h.MustWrite({PutLastSeen{kAnn, At(900), "Other/2"}, PutLastSeen{kBob, At(900), "Other/2"}});
  ann.last_seen = At(900);
  ann.user_agent = "Other/2";
  CheckSame(*h.User(kAnn), ann);
  CHECK_FALSE(h.User(kBob).has_value());
}

TEST_CASE("a topic comes back as written, with what the store derives") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  TopicRecord topic = MakeTopic(kGroup, {"travel"});
  topic.is_channel = true;
  topic.seq = 99;  // not the caller's to say
  topic.subscriber_count = 99;
  SubscriptionRecord reader = MakeSubscription(kGroup, kCid);
  reader.is_reader = true;
  SubscriptionRecord gone = MakeSubscription(kGroup, kBob);
  gone.deleted = At(50);
  h.MustWrite({PutTopic{topic, Expect::kAbsent}, PutSubscription{MakeSubscription(kGroup, kAnn)},
               PutSubscription{reader}, PutSubscription{gone}});
  auto found = h.Topic(kGroup);
  REQUIRE(found.has_value());
  CHECK(found->created == topic.created);
  CHECK(found->updated == topic.updated);
  CHECK(found->touched == topic.updated);
  CHECK(found->seq == 0);
  CHECK(found->subscriber_count == 2);
  CHECK(found->is_channel);
  CHECK(found->owner == kAnn);
  CHECK(found->access == topic.access);
  CHECK(found->public_card == topic.public_card);
  CHECK(found->trusted == topic.trusted);
  CHECK(found->aux == topic.aux);
  CHECK(found->tags == topic.tags);

  h.MustWrite({AppendMessage{MakeMessage(kGroup, 1)}});
  gone.deleted = std::nullopt;
  reader.deleted = At(60);
  h.MustWrite({PutSubscription{gone}, PutSubscription{reader}, PutTopic{topic}});
  found = h.Topic(kGroup);
  CHECK(found->seq == 1);
  CHECK(found->touched == At(101));
  CHECK(found->subscriber_count == 2);
}

TEST_CASE("an expectation that does not hold fails the batch and nothing of it is stored") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutUser{MakeUser(kAnn)}, PutTopic{MakeTopic(kGroup)},
               PutSubscription{MakeSubscription(kGroup, kAnn)}, PutAuth{MakeAuth("ann", kAnn)},
               PutValue{"key", "old"}});
  const Batch taken[] = {
      {PutValue{"mark", "x"}, PutUser{MakeUser(kAnn), Expect::kAbsent}},
      {PutValue{"mark", "x"}, PutTopic{MakeTopic(kGroup), Expect::kAbsent}},
      {PutValue{"mark", "x"}, PutSubscription{MakeSubscription(kGroup, kAnn), Expect::kAbsent}},
      {PutValue{"mark", "x"}, PutAuth{MakeAuth("ann", kBob), Expect::kAbsent}},
      {PutValue{"mark", "x"}, PutValue{"key", "new", Expect::kAbsent}},
  };
  for (const Batch& batch : taken) CHECK(absl::IsAlreadyExists(h.Write(batch)));
  const Batch missing[] = {
      {PutValue{"mark", "x"}, PutUser{MakeUser(kBob), Expect::kPresent}},
      {PutValue{"mark", "x"}, PutTopic{MakeTopic(kChat), Expect::kPresent}},
      {PutValue{"mark", "x"}, PutSubscription{MakeSubscription(kGroup, kBob), Expect::kPresent}},
      {PutValue{"mark", "x"}, PutAuth{MakeAuth("bob", kBob), Expect::kPresent}},
      {PutValue{"mark", "x"}, PutValue{"nokey", "new", Expect::kPresent}},
  };
  for (const Batch& batch : missing) CHECK(absl::IsNotFound(h.Write(batch)));
  CHECK_FALSE(h.Value("mark").has_value());
  CHECK(h.Value("key") == "old");
  CHECK(h.Auth("basic", "ann")->user == kAnn);
}

TEST_CASE("subscriptions come back as written, readers and full ones apart") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  const SubscriptionRecord full = MakeSubscription(kGroup, kBob);
  SubscriptionRecord reader = full;
  reader.is_reader = true;
  reader.deleted = At(44);
  reader.private_note = {};
  reader.want = model::AccessMode::Unset();
  h.MustWrite({PutSubscription{full}, PutSubscription{reader}});
  CheckSame(*h.Subscription(kGroup, kBob, false), full);
  CheckSame(*h.Subscription(kGroup, kBob, true), reader);
  CHECK_FALSE(h.Subscription(kGroup, kAnn).has_value());
  const auto all = h.MustAsk<std::vector<SubscriptionRecord>>(
      [](Store& store, auto done) { store.ListSubscriptions(kGroup, std::move(done)); });
  REQUIRE(all.size() == 1);
  CheckSame(all[0], full);
}

TEST_CASE("marks rise and never fall") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutSubscription{MakeSubscription(kGroup, kAnn)}});
  h.MustWrite({RaiseMarks{kGroup, kAnn, false, 9, 1}});
  h.MustWrite({RaiseMarks{kGroup, kAnn, false, 5, 7}, RaiseMarks{kGroup, kBob, false, 5, 5}});
  CHECK(h.Subscription(kGroup, kAnn)->recv == 9);
  CHECK(h.Subscription(kGroup, kAnn)->read == 7);
  CHECK_FALSE(h.Subscription(kGroup, kBob).has_value());
}

TEST_CASE("marks keep their place between the changes around them") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  SubscriptionRecord fresh = MakeSubscription(kGroup, kAnn);
  fresh.recv = fresh.read = 0;
  h.MustWrite({PutSubscription{fresh}});
  std::vector<std::future<absl::Status>> waits;
  waits.push_back(h.WriteLater({RaiseMarks{kGroup, kAnn, false, 9, 9}}));
  waits.push_back(h.WriteLater({RaiseMarks{kGroup, kAnn, false, 8, 8}, PutSubscription{fresh}}));
  waits.push_back(h.WriteLater({RaiseMarks{kGroup, kAnn, false, 2, 1}}));
  for (auto& wait : waits) CHECK(StoreHarness::Wait(std::move(wait)).ok());
  CHECK(h.Subscription(kGroup, kAnn)->recv == 2);
  CHECK(h.Subscription(kGroup, kAnn)->read == 1);
}

TEST_CASE("auth records are found by name and by user") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  const AuthRecord ann = MakeAuth("ann", kAnn);
  h.MustWrite({PutAuth{ann, Expect::kAbsent}});
  const auto find_of_user = [&h](model::UserId user) {
    return h.MustAsk<std::optional<AuthRecord>>(
        [user](Store& store, auto done) { store.FindAuthOfUser("basic", user, std::move(done)); });
  };
  for (const auto& found : {h.Auth("basic", "ann"), find_of_user(kAnn)}) {
    REQUIRE(found.has_value());
    CHECK(found->scheme == "basic");
    CHECK(found->unique == "ann");
    CHECK(found->user == kAnn);
    CHECK(found->level == model::AuthLevel::kAuth);
    CHECK(found->secret == ann.secret);
    CHECK(found->expires == ann.expires);
  }
  CHECK_FALSE(h.Auth("token", "ann").has_value());
  CHECK_FALSE(h.Auth("basic", "").has_value());
  CHECK_FALSE(find_of_user(kBob).has_value());
  h.MustWrite({EraseAuth{"basic", "ann"}});
  CHECK_FALSE(h.Auth("basic", "ann").has_value());
}

TEST_CASE("an auth record is replaced if it has the former secret still, and its level stays") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  AuthRecord ann = MakeAuth("ann", kAnn);
  const std::string former = ann.secret;
  h.MustWrite({PutAuth{ann, Expect::kAbsent}});
  ann.level = model::AuthLevel::kRoot;
  h.MustWrite({PutAuth{ann, Expect::kPresent}});
  ann.level = model::AuthLevel::kAuth;
  ann.secret = std::string("second\0", 7);
  h.MustWrite({PutAuth{ann, Expect::kPresent, former}});
  CHECK(h.Auth("basic", "ann")->secret == ann.secret);
  CHECK(h.Auth("basic", "ann")->level == model::AuthLevel::kRoot);
  ann.secret = "third";
  CHECK(absl::IsAborted(h.Write({PutValue{"mark", "x"}, PutAuth{ann, Expect::kPresent, former}})));
  CHECK(h.Auth("basic", "ann")->secret == std::string("second\0", 7));
  CHECK_FALSE(h.Value("mark").has_value());
  h.MustWrite({EraseAuth{"basic", "ann"}});
  CHECK(absl::IsNotFound(h.Write({PutAuth{ann, Expect::kPresent, former}})));
}

TEST_CASE("values are any bytes under a name") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  const std::string bytes("\0\x01\xff", 3);
  h.MustWrite({PutValue{"node.key", bytes}, PutValue{"empty", ""}});
  h.Reopen();
  CHECK(h.Value("node.key") == bytes);
  CHECK(h.Value("empty") == "");
  h.MustWrite({EraseValue{"node.key"}});
  CHECK_FALSE(h.Value("node.key").has_value());
}

TEST_CASE("an erased user leaves messages without author and nothing else") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutUser{MakeUser(kBob, {"bob"})}, PutTopic{MakeTopic(kGroup)},
               PutSubscription{MakeSubscription(kGroup, kBob)}, PutAuth{MakeAuth("bob", kBob)},
               AppendMessage{MakeMessage(kGroup, 1, kBob)},
               AppendMessage{MakeMessage(kGroup, 2, kAnn)},
               PutDeletion{MakeDeletion(kGroup, kBob, 1, {{1, 2}})}});
  h.MustWrite({EraseUser{kBob}});
  CHECK_FALSE(h.User(kBob).has_value());
  CHECK_FALSE(h.Subscription(kGroup, kBob).has_value());
  CHECK_FALSE(h.Auth("basic", "bob").has_value());
  CHECK(h.ByTags({{{"bob"}}, {}, kAnn}).empty());
  CHECK(h.Deletions({kGroup, kBob}).empty());
  CHECK(h.Topic(kGroup)->subscriber_count == 0);
  const auto messages = h.Messages({kGroup, kAnn, {}, 10});
  REQUIRE(messages.size() == 2);
  CHECK(messages[0].from == kAnn);
  CHECK(messages[1].from == model::UserId::Nobody());
  CHECK(messages[1].content == MakeMessage(kGroup, 1).content);
}

}  // namespace
}  // namespace molva::test
