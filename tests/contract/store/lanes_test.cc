// Lanes and their entries: places kept, heads, what outlives what.
#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line

const LaneRecord* Find(const std::vector<LaneRecord>& lanes, const std::string& name) {
  for (const LaneRecord& lane : lanes) {
    if (lane.lane == name) return &lane;
  }
  return nullptr;
}

std::vector<std::int64_t> Numbers(const std::vector<StoredEntry>& entries) {
  std::vector<std::int64_t> numbers;
  for (const StoredEntry& stored : entries) numbers.push_back(stored.entry.n);
  return numbers;
}

using Many = std::vector<std::int64_t>;

TEST_CASE("an entry comes back as written, with the message that it states") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  AppendEntry full = MakeEntry(kGroup, kChainLane, 1, 1);
  full.entry.cause = std::string("cause\0", 6);
  full.entry.cause_proof = "proof of the cause";
  full.entry.payload = std::string("\xff\x00payload", 9);
  AppendEntry bare;
  bare.entry.topic = kGroup;
  bare.entry.n = 2;
  h.MustWrite({PutTopic{MakeTopic(kGroup)}, AppendMessage{MakeMessage(kGroup, 1)}, full, bare});
  h.Reopen();
  const auto entries = h.Entries({kGroup, kChainLane});
  REQUIRE(entries.size() == 2);
  const EntryRecord& first = entries[0].entry;
  CHECK(first.topic == kGroup);
  CHECK(first.lane == kChainLane);
  CHECK(first.n == 1);
  CHECK(first.seq == 1);
  CHECK(first.body == full.entry.body);
  CHECK(first.proof == full.entry.proof);
  CHECK(first.cause == full.entry.cause);
  CHECK(first.cause_proof == full.entry.cause_proof);
  CHECK(first.payload == full.entry.payload);
  REQUIRE(entries[0].message.has_value());
  CHECK(entries[0].message->topic == kGroup);
  CHECK(entries[0].message->seq == 1);
  CHECK(entries[0].message->from == kAnn);
  CHECK(entries[0].message->created == MakeMessage(kGroup, 1).created);
  CHECK(entries[0].message->head == MakeMessage(kGroup, 1).head);
  CHECK(entries[0].message->content == MakeMessage(kGroup, 1).content);
  CHECK(entries[1].entry.body.empty());
  CHECK_FALSE(entries[1].message.has_value());
}

TEST_CASE("the head of a lane moves with its entries and keeps its note") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  CHECK(h.Lanes(kGroup).empty());
  const std::string note("note\0\xff", 6);
  h.MustWrite({PutLane{{kGroup, kProposalLane, 0, "", note}, 0},
               MakeEntry(kGroup, kProposalLane, 1), MakeEntry(kGroup, kChainLane, 1)});
  h.MustWrite({MakeEntry(kGroup, kProposalLane, 2)});
  h.MustWrite({PutLane{{kGroup, "b.example", 7, "h7", "n7"}, 0}});
  h.MustWrite({PutLane{{kGroup, "b.example", 9, "h9", ""}, 7}});
  h.Reopen();
  const auto lanes = h.Lanes(kGroup);
  REQUIRE(lanes.size() == 3);
  CHECK(lanes[0].lane == kChainLane);
  CHECK(lanes[0].topic == kGroup);
  CHECK(lanes[0].n == 1);
  CHECK(lanes[0].note.empty());
  CHECK(lanes[1].lane == kProposalLane);
  CHECK(lanes[1].n == 2);
  CHECK(lanes[1].hash == MakeEntry(kGroup, kProposalLane, 2).hash);
  CHECK(lanes[1].note == note);
  CHECK(lanes[2].lane == "b.example");
  CHECK(lanes[2].n == 9);
  CHECK(lanes[2].hash == "h9");
  CHECK(lanes[2].note.empty());
  CHECK(h.Lanes(kChat).empty());
}

TEST_CASE("an entry or head that lost its place is refused, and its whole batch with it") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutTopic{MakeTopic(kGroup)}, MakeEntry(kGroup, kChainLane, 1)});
  const Batch lost[] = {
      {MakeEntry(kGroup, kChainLane, 1)},
      {MakeEntry(kGroup, kChainLane, 3)},
      {MakeEntry(kGroup, kProposalLane, 2)},
      {MakeEntry(kChat, kChainLane, 0)},
      {MakeEntry(kGroup, kChainLane, 2), MakeEntry(kGroup, kChainLane, 2)},
      {PutLane{{kGroup, kChainLane, 5, "x", ""}, 2}},
      {PutLane{{kGroup, "b.example", 5, "x", ""}, 1}},
      {MakeEntry(kGroup, kChainLane, 2), PutLane{{kGroup, kChainLane, 5, "x", ""}, 1}},
      {PutLane{{kGroup, kChainLane, 5, "x", ""}, 1}, MakeEntry(kGroup, kChainLane, 2)},
      {AppendMessage{MakeMessage(kGroup, 1)}, RequestDelivery{{"b.example", kGroup, "", 9, 0}},
       MakeEntry(kGroup, kChainLane, 3)},
      {MakeEntry(kGroup, kChainLane, 2), AppendMessage{MakeMessage(kGroup, 2)}},
      {MakeEntry(kGroup, kChainLane, 2), DropLane{kGroup, kChainLane},
       MakeEntry(kGroup, kChainLane, 2)},
  };
  for (const Batch& batch : lost) CHECK(absl::IsAborted(h.Write(batch)));
  CHECK(absl::IsNotFound(
      h.Write({MakeEntry(kGroup, kChainLane, 2), RequestDelivery{{"b.example", kGroup, "", 9, 0}},
               PutUser{MakeUser(kBob), Expect::kPresent}})));
  const auto lanes = h.Lanes(kGroup);
  REQUIRE(lanes.size() == 1);
  CHECK(lanes[0].n == 1);
  CHECK(lanes[0].hash == MakeEntry(kGroup, kChainLane, 1).hash);
  CHECK(Numbers(h.Entries({kGroup, kChainLane})) == Many{1});
  CHECK(h.Topic(kGroup)->seq == 0);
  CHECK(h.Deliveries(DeliveryQuery{}).empty());
  h.MustWrite({AppendMessage{MakeMessage(kGroup, 1)}, MakeEntry(kGroup, kChainLane, 2, 1)});
  CHECK(Numbers(h.Entries({kGroup, kChainLane})) == Many{1, 2});
}

TEST_CASE("entries are read by number, count and size, but at least one") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Batch batch = {PutTopic{MakeTopic(kGroup)}, MakeEntry(kGroup, kProposalLane, 1)};
  for (int n = 1; n <= 10; ++n) {
    AppendEntry append = MakeEntry(kGroup, kChainLane, n);
    append.entry.body = std::string(100, 'b');
    append.entry.proof = append.entry.cause = append.entry.cause_proof = "";
    batch.push_back(append);
  }
  h.MustWrite(batch);
  CHECK(Numbers(h.Entries({kGroup, kChainLane, 0, 100})).size() == 10);
  CHECK(Numbers(h.Entries({kGroup, kChainLane, 7, 100})) == Many{8, 9, 10});
  CHECK(Numbers(h.Entries({kGroup, kChainLane, 2, 3})) == Many{3, 4, 5});
  CHECK(Numbers(h.Entries({kGroup, kChainLane, 0, 100, 300})) == Many{1, 2, 3});
  CHECK(Numbers(h.Entries({kGroup, kChainLane, 0, 100, 299})) == Many{1, 2});
  CHECK(Numbers(h.Entries({kGroup, kChainLane, 4, 100, 1})) == Many{5});
  CHECK(Numbers(h.Entries({kGroup, kChainLane, 4, 0, 1 << 20})) == Many{5});
  CHECK(h.Entries({kGroup, kChainLane, 10, 100}).empty());
  CHECK(h.Entries({kGroup, "b.example", 0, 100}).empty());
  CHECK(h.Entries({kChat, kChainLane, 0, 100}).empty());
}

TEST_CASE("head and content of a message count as text of its entry") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Batch batch = {PutTopic{MakeTopic(kGroup)}};
  for (int n = 1; n <= 3; ++n) {
    MessageRecord message = MakeMessage(kGroup, n);
    message.head = {};
    message.content = {"\"" + std::string(98, 'c') + "\""};
    if (n == 1) message.head = {{"k", {"\"" + std::string(42, 'h') + "\""}}};
    batch.push_back(AppendMessage{message});
    AppendEntry append;
    append.entry.topic = kGroup;
    append.entry.n = n;
    append.entry.body = std::string(50, 'b');
    append.entry.seq = n;
    batch.push_back(append);
  }
  h.MustWrite(batch);
  // 50 + 50 + 100 bytes, then 50 + 100 twice.
  CHECK(Numbers(h.Entries({kGroup, kChainLane, 0, 10, 349})) == Many{1});
  CHECK(Numbers(h.Entries({kGroup, kChainLane, 0, 10, 350})) == Many{1, 2});
  CHECK(Numbers(h.Entries({kGroup, kChainLane, 0, 10, 500})) == Many{1, 2, 3});
}

TEST_CASE("an entry outlives its message and the topic, and so does the head") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutUser{MakeUser(kBob)}, PutTopic{MakeTopic(kGroup)},
               AppendMessage{MakeMessage(kGroup, 1)}, MakeEntry(kGroup, kChainLane, 1, 1),
               AppendMessage{MakeMessage(kGroup, 2, kBob)}, MakeEntry(kGroup, kChainLane, 2, 2)});
  h.MustWrite({PutDeletion{MakeDeletion(kGroup, {}, 1, {{1, 2}})}, EraseUser{kBob}});
  auto entries = h.Entries({kGroup, kChainLane});
  REQUIRE(entries.size() == 2);
  CHECK_FALSE(entries[0].message.has_value());
  REQUIRE(entries[1].message.has_value());
  CHECK(entries[1].message->from == model::UserId::Nobody());
  h.MustWrite({RequestDelivery{{"b.example", kGroup, "", 2, 0}}, EraseTopic{kGroup}});
  entries = h.Entries({kGroup, kChainLane});
  REQUIRE(entries.size() == 2);
  CHECK_FALSE(entries[1].message.has_value());
  REQUIRE(h.Lanes(kGroup).size() == 1);
  CHECK(h.Lanes(kGroup)[0].n == 2);
  CHECK(h.Deliveries({"b.example", "", ""}).size() == 1);
  h.MustWrite({MakeEntry(kGroup, kChainLane, 3)});
  CHECK(Numbers(h.Entries({kGroup, kChainLane})) == Many{1, 2, 3});
}

TEST_CASE("entries can be forgotten up to a number without moving the head") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({EraseEntries{kGroup, kChainLane, 5}});
  h.MustWrite({MakeEntry(kGroup, kProposalLane, 1), MakeEntry(kGroup, kProposalLane, 2),
               MakeEntry(kGroup, kProposalLane, 3), MakeEntry(kGroup, kChainLane, 1)});
  h.MustWrite({EraseEntries{kGroup, kProposalLane, 2}});
  CHECK(Numbers(h.Entries({kGroup, kProposalLane})) == Many{3});
  CHECK(Find(h.Lanes(kGroup), kProposalLane)->n == 3);
  h.MustWrite({EraseEntries{kGroup, kProposalLane, 0}});
  CHECK(Numbers(h.Entries({kGroup, kProposalLane})) == Many{3});
  h.MustWrite({EraseEntries{kGroup, kProposalLane, 100}, MakeEntry(kGroup, kProposalLane, 4)});
  h.Reopen();
  CHECK(Numbers(h.Entries({kGroup, kProposalLane})) == Many{4});
  CHECK(Numbers(h.Entries({kGroup, kChainLane})) == Many{1});
}

TEST_CASE("a head that is set back takes the entries above it away") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({MakeEntry(kGroup, kChainLane, 1), MakeEntry(kGroup, kChainLane, 2),
               MakeEntry(kGroup, kChainLane, 3)});
  h.MustWrite({PutLane{{kGroup, kChainLane, 1, "h1", "note"}, 3}});
  CHECK(Numbers(h.Entries({kGroup, kChainLane})) == Many{1});
  AppendEntry other = MakeEntry(kGroup, kChainLane, 2);
  other.entry.body = "another history";
  h.MustWrite({other});
  const auto entries = h.Entries({kGroup, kChainLane});
  REQUIRE(Numbers(entries) == Many{1, 2});
  CHECK(entries[1].entry.body == "another history");
}

TEST_CASE("a dropped lane is gone with entries and deliveries, and may begin anew") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({MakeEntry(kGroup, kChainLane, 1), MakeEntry(kGroup, kProposalLane, 1),
               RequestDelivery{{"a.example", kGroup, kChainLane, 1, 0}},
               RequestDelivery{{"b.example", kGroup, kChainLane, 1, 0}},
               RequestDelivery{{"b.example", kGroup, kProposalLane, 1, 0}},
               RequestDelivery{{"c.example", kChat, kChainLane, 1, 0}}});
  h.MustWrite({RequestDelivery{{"c.example", kGroup, kChainLane, 1, 0}},
               DropLane{kGroup, kChainLane}, DropLane{kChat, "never.example"}});
  const auto lanes = h.Lanes(kGroup);
  REQUIRE(lanes.size() == 1);
  CHECK(lanes[0].lane == kProposalLane);
  CHECK(h.Entries({kGroup, kChainLane}).empty());
  CHECK(Numbers(h.Entries({kGroup, kProposalLane})) == Many{1});
  const auto left = h.Deliveries(DeliveryQuery{});
  REQUIRE(left.size() == 2);
  CHECK(left[0].peer == "b.example");
  CHECK(left[0].lane == kProposalLane);
  CHECK(left[1].topic == kChat);
  h.MustWrite({MakeEntry(kGroup, kChainLane, 1), DropLane{kGroup, kChainLane},
               MakeEntry(kGroup, kChainLane, 1)});
  h.Reopen();
  CHECK(Find(h.Lanes(kGroup), kChainLane)->n == 1);
  CHECK(Find(h.Lanes(kGroup), kChainLane)->note.empty());
  CHECK(Numbers(h.Entries({kGroup, kChainLane})) == Many{1});
}

}  // namespace
}  // namespace molva::test
