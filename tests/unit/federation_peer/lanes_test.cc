// How far logs are sent, acknowledged and due; and what a peer may have under way.
#include "federation/peer/ack_book.h"
#include "federation/peer/intake.h"
#include "federation/peer/outgoing_lanes.h"
#include "tests/support/catch.h"

namespace molva::federation {
namespace {

using topic::LaneKind;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
const LaneKey kLane{model::TopicName::Group(5), LaneKind::kChain};
const LaneKey kOther{model::TopicName::Group(6), LaneKind::kChain};

topic::LaneItemPtr Item(std::int64_t n, std::size_t bytes = 10) {
  topic::LaneItem item;
  item.n = n;
  item.body = std::string(bytes, 'b');
  return std::make_shared<const topic::LaneItem>(std::move(item));
}

std::vector<std::int64_t> TakeAll(OutgoingLanes& lanes) {
  std::vector<std::int64_t> taken;
  while (auto item = lanes.TakeNext(kMaxFrameBytes)) taken.push_back(item->item->n);
  return taken;
}

store::DeliveryRecord Row(std::int64_t acked, std::int64_t through) {
  return {"b.example", kLane.topic, store::kChainLane, through, acked};
}

using Numbers = std::vector<std::int64_t>;

TEST_CASE("live entries that are next are sent without being read", "[lanes]") {
  OutgoingLanes lanes;
  lanes.Restart();
  for (int n = 1; n <= 3; ++n) lanes.Add(kLane, Item(n));
  CHECK_FALSE(lanes.NextRead().has_value());
  CHECK(TakeAll(lanes) == Numbers{1, 2, 3});
  CHECK(lanes.pending() == 3);
  CHECK(lanes.Acknowledge(kLane, 2));
  CHECK_FALSE(lanes.Acknowledge(kLane, 2));
  CHECK_FALSE(lanes.Acknowledge(kLane, 4));
  CHECK(lanes.pending() == 1);
  const store::Batch batch = lanes.TakeConfirmations("b.example");
  REQUIRE(batch.size() == 1);
  CHECK(std::get<store::ConfirmDelivery>(batch[0]).delivery.acked == 2);
  CHECK_FALSE(lanes.has_confirmations());
}

TEST_CASE("what is behind is read first, and live entries wait for that", "[lanes]") {
  OutgoingLanes lanes;
  lanes.Restart();
  lanes.Load(Row(2, 5), kLane);
  lanes.Add(kLane, Item(6));
  CHECK(lanes.pending() == 4);
  CHECK(TakeAll(lanes).empty());
  const auto read = lanes.NextRead();
  REQUIRE(read.has_value());
  CHECK(read->after == 2);
  CHECK_FALSE(lanes.NextRead().has_value());
  lanes.Add(kLane, Item(7));
  lanes.Loaded(*read, {Item(3), Item(4), Item(5)});
  CHECK(TakeAll(lanes) == Numbers{3, 4, 5});
  const auto rest = lanes.NextRead();
  REQUIRE(rest.has_value());
  CHECK(rest->after == 5);
  lanes.Loaded(*rest, {Item(6), Item(7)});
  CHECK(TakeAll(lanes) == Numbers{6, 7});
}

TEST_CASE("a restart begins behind what was acknowledged, and late reads count no more",
          "[lanes]") {
  OutgoingLanes lanes;
  lanes.Restart();
  lanes.Load(Row(0, 4), kLane);
  const auto read = lanes.NextRead();
  lanes.Loaded(*read, {Item(1), Item(2), Item(3), Item(4)});
  CHECK(TakeAll(lanes) == Numbers{1, 2, 3, 4});
  lanes.Acknowledge(kLane, 1);
  lanes.Restart();
  const auto again = lanes.NextRead();
  REQUIRE(again.has_value());
  CHECK(again->after == 1);
  lanes.Restart();
  lanes.Loaded(*again, {Item(2)});
  CHECK(TakeAll(lanes).empty());
  CHECK(lanes.NextRead()->after == 1);
}

TEST_CASE("nothing is kept for a peer without a link", "[lanes]") {
  OutgoingLanes lanes;
  lanes.Add(kLane, Item(1));
  CHECK(lanes.ready_items() == 0);
  CHECK(lanes.pending() == 1);
  lanes.Restart();
  CHECK(lanes.NextRead().has_value());
  lanes.Halt();
  lanes.Add(kLane, Item(2));
  CHECK(lanes.ready_items() == 0);
}

TEST_CASE("a lane whose entries are gone has nothing due", "[lanes]") {
  OutgoingLanes lanes;
  lanes.Restart();
  lanes.Load(Row(2, 5), kLane);
  lanes.Loaded(*lanes.NextRead(), {});
  CHECK_FALSE(lanes.NextRead().has_value());
  CHECK(lanes.pending() == 0);
  SECTION("and goes on when there is a next one") {
    lanes.Add(kLane, Item(3));
    CHECK(TakeAll(lanes) == Numbers{3});
  }
  SECTION("and begins anew with the first") {
    lanes.Add(kLane, Item(1));
    CHECK(TakeAll(lanes) == Numbers{1});
    // How long it was before shows as soon as the store is asked.
    lanes.Loaded(*lanes.NextRead(), {});
    CHECK(lanes.pending() == 1);
  }
}

TEST_CASE("a refused lane rests until that entry comes again", "[lanes]") {
  OutgoingLanes lanes;
  lanes.Restart();
  for (int n = 1; n <= 3; ++n) lanes.Add(kLane, Item(n));
  TakeAll(lanes);
  lanes.Acknowledge(kLane, 1);
  lanes.Stop(kLane, 2);
  lanes.Add(kLane, Item(4));
  lanes.Add(kOther, Item(1));
  CHECK(TakeAll(lanes) == Numbers{1});
  CHECK_FALSE(lanes.NextRead().has_value());
  lanes.Add(kLane, Item(2));
  CHECK(TakeAll(lanes) == Numbers{2});
  CHECK(lanes.NextRead()->after == 2);
}

TEST_CASE("a lane that must go back again and again rests ever longer", "[lanes]") {
  OutgoingLanes lanes;
  lanes.Restart();
  lanes.Add(kLane, Item(1));
  absl::Time now = kNow;
  absl::Duration last;
  for (int i = 0; i < 12; ++i) {
    TakeAll(lanes);
    while (const auto read = lanes.NextRead()) {
      lanes.Loaded(*read, {Item(1)});
      TakeAll(lanes);
    }
    lanes.Rewind(kLane, 0, now);
    const absl::Time next = lanes.Wake(now);
    if (i == 0) {
      CHECK(next == absl::InfiniteFuture());
      continue;
    }
    REQUIRE(next != absl::InfiniteFuture());
    CHECK(next - now >= last);
    CHECK(next - now <= OutgoingLanes::kLongestRest);
    last = next - now;
    now = next;
    lanes.Wake(now);
  }
  CHECK(last == OutgoingLanes::kLongestRest);
}

TEST_CASE("lanes take turns, and a frame's size is kept to", "[lanes]") {
  OutgoingLanes lanes;
  lanes.Restart();
  for (int n = 1; n <= 3; ++n) {
    lanes.Add(kLane, Item(n, 1000));
    lanes.Add(kOther, Item(n, 1000));
  }
  CHECK(TakeAll(lanes) == Numbers{1, 1, 2, 2, 3, 3});
  lanes.Add(kLane, Item(4, 1000));
  CHECK_FALSE(lanes.TakeNext(1000).has_value());
  CHECK(lanes.TakeNext(1100).has_value());
}

TEST_CASE("an entry that fits in no frame stops its lane only", "[lanes]") {
  OutgoingLanes lanes;
  lanes.Restart();
  lanes.Add(kLane, Item(1, kMaxFrameBytes));
  lanes.Add(kOther, Item(1));
  CHECK(TakeAll(lanes) == Numbers{1});
  CHECK_FALSE(lanes.NextRead().has_value());
}

TEST_CASE("beyond its bytes a queue forgets what is live and reads it later", "[lanes]") {
  OutgoingLanes lanes;
  lanes.Restart();
  constexpr std::int64_t kMany = 100;
  for (std::int64_t n = 1; n <= kMany; ++n) lanes.Add(kLane, Item(n, 100'000));
  CHECK(lanes.ready_items() * 100'000 <= OutgoingLanes::kMaxQueuedBytes + 200'000);
  const Numbers sent = TakeAll(lanes);
  CHECK(lanes.NextRead()->after == sent.back());
  CHECK(lanes.pending() == kMany);
}

TEST_CASE("credit comes back as topics deal with what came", "[intake]") {
  Intake intake(8000);
  REQUIRE(intake.Admit(4000));
  CHECK(intake.Open(kLane, 1, 2000, kNow));
  CHECK(intake.Open(kLane, 2, 2000, kNow));
  CHECK(intake.TakeCredit() == 0);
  intake.Settle(kLane, 1);
  CHECK(intake.TakeCredit() == 2000);
  CHECK(intake.open_bytes() == 2000);
  intake.Settle(kLane, 2);
  CHECK(intake.TakeCredit() == 2000);
  CHECK(intake.Progress() == std::vector<std::pair<LaneKey, std::int64_t>>{{kLane, 2}});
  CHECK(intake.Admit(16'000));
  CHECK_FALSE(intake.Admit(1));
}

TEST_CASE("behind an entry that is waited for nothing is passed on", "[intake]") {
  Intake intake(8000);
  REQUIRE(intake.Admit(4000));
  CHECK(intake.Open(kLane, 5, 1000, kNow));
  intake.WaitFor(kLane, 4, kNow);
  CHECK_FALSE(intake.Open(kLane, 6, 1000, kNow));
  CHECK(intake.Open(kLane, 4, 1000, kNow));
  CHECK(intake.Open(kLane, 5, 1000, kNow));
  // What a topic counts as taken is not on disk before it says so.
  CHECK(intake.Progress().empty());
}

TEST_CASE("a topic that says nothing is noticed", "[intake]") {
  Intake intake(8000);
  REQUIRE(intake.Admit(3000));
  CHECK(intake.Open(kLane, 5, 1000, kNow));
  CHECK(intake.Open(kOther, 1, 1000, kNow + absl::Seconds(50)));
  intake.WaitFor({model::TopicName::Group(9), LaneKind::kChain}, 3, absl::InfiniteFuture());
  CHECK(intake.TakeStale(kNow - absl::Seconds(1)).empty());
  const auto stale = intake.TakeStale(kNow + absl::Seconds(1));
  CHECK(stale == std::vector<std::pair<LaneKey, std::int64_t>>{{kLane, 4}});
  CHECK(intake.open_bytes() == 2000);
  CHECK(intake.TakeStale(kNow + absl::Seconds(1)).empty());
}

TEST_CASE("outcomes leave once on each link", "[acks]") {
  const names::NameBook names("a.example", "sixteen bytes or more");
  AckBook book;
  const LaneKey key{model::TopicName::Group(5), LaneKind::kProposals};
  book.Add(key, 3, {{2, 403, "no", {}}});
  book.Add(key, 4, {{2, 403, "no", {}}, {4, 304, "same", {}}});
  const Ack first = book.Take(names);
  REQUIRE(first.topics.size() == 1);
  CHECK(first.topics[0].proposals == 4);
  CHECK(first.topics[0].events == 0);
  CHECK(first.topics[0].outcomes.size() == 2);
  CHECK(book.empty());
  book.Add(key, 5, {{2, 403, "no", {}}, {4, 304, "same", {}}});
  CHECK(book.Take(names).topics[0].outcomes.empty());
  book.Restart();
  book.Add(key, 5, {{4, 304, "same", {}}});
  CHECK(book.Take(names).topics[0].outcomes.size() == 1);
}

}  // namespace
}  // namespace molva::federation
