// Many requests at once: order per caller, failures in between.
#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line

TEST_CASE("a read sees every batch that the same caller wrote before it") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutTopic{MakeTopic(kGroup)}});
  std::vector<std::future<absl::Status>> writes;
  std::vector<std::future<absl::StatusOr<std::optional<TopicRecord>>>> reads;
  for (int seq = 1; seq <= 200; ++seq) {
    writes.push_back(h.WriteLater({AppendMessage{MakeMessage(kGroup, seq)}}));
    reads.push_back(h.AskLater<std::optional<TopicRecord>>(
        [](Store& store, auto done) { store.FindTopic(kGroup, std::move(done)); }));
  }
  for (std::size_t i = 0; i < reads.size(); ++i) {
    REQUIRE(StoreHarness::Wait(std::move(writes[i])).ok());
    const auto topic = StoreHarness::Wait(std::move(reads[i]));
    REQUIRE(topic.ok());
    CHECK(topic->value().seq >= static_cast<model::SeqId>(i + 1));
  }
}

TEST_CASE("batches that fail among many leave the others as they would be without them") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutTopic{MakeTopic(kGroup)}, PutSubscription{MakeSubscription(kGroup, kAnn)}});
  std::vector<std::future<absl::Status>> good;
  std::vector<std::future<absl::Status>> bad;
  for (int seq = 1; seq <= 100; ++seq) {
    good.push_back(h.WriteLater(
        {AppendMessage{MakeMessage(kGroup, seq)}, RaiseMarks{kGroup, kAnn, false, seq, seq}}));
    bad.push_back(h.WriteLater(
        {RaiseMarks{kGroup, kAnn, false, 1000, 1000}, AppendMessage{MakeMessage(kGroup, seq)}}));
    bad.push_back(h.WriteLater({PutValue{"bad", "x"}, AppendMessage{MakeMessage(kGroup, seq + 1)},
                                PutUser{MakeUser(kAnn), Expect::kPresent}}));
  }
  for (auto& one : good) CHECK(StoreHarness::Wait(std::move(one)).ok());
  for (auto& one : bad) CHECK_FALSE(StoreHarness::Wait(std::move(one)).ok());
  CHECK(h.Topic(kGroup)->seq == 100);
  CHECK(h.Subscription(kGroup, kAnn)->read == 100);
  CHECK_FALSE(h.Value("bad").has_value());
}

TEST_CASE("heads and deliveries stay true when batches fail among many") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutTopic{MakeTopic(kGroup)}});
  const auto request = [](std::int64_t through) {
    return RequestDelivery{{"b.example", kGroup, kChainLane, through, 0}};
  };
  std::vector<std::future<absl::Status>> good;
  std::vector<std::future<absl::Status>> bad;
  for (int n = 1; n <= 100; ++n) {
    good.push_back(h.WriteLater(
        {MakeEntry(kGroup, kChainLane, n, n), request(n), AppendMessage{MakeMessage(kGroup, n)},
         PutLane{{kGroup, "b.example", n, "h", std::to_string(n)}, n - 1}}));
    bad.push_back(h.WriteLater({request(1000), MakeEntry(kGroup, kChainLane, n)}));
    bad.push_back(h.WriteLater({MakeEntry(kGroup, kChainLane, n + 1),
                                PutLane{{kGroup, "b.example", n, "bad", "bad"}, n - 1}}));
    bad.push_back(
        h.WriteLater({MakeEntry(kGroup, kChainLane, n + 1), request(1000),
                      DropLane{kGroup, "b.example"}, PutUser{MakeUser(kAnn), Expect::kPresent}}));
    good.push_back(h.WriteLater({ConfirmDelivery{{"b.example", kGroup, kChainLane, 0, n / 2}}}));
  }
  for (auto& one : good) CHECK(StoreHarness::Wait(std::move(one)).ok());
  for (auto& one : bad) CHECK_FALSE(StoreHarness::Wait(std::move(one)).ok());
  h.Reopen();
  const auto lanes = h.Lanes(kGroup);
  REQUIRE(lanes.size() == 2);
  CHECK(lanes[0].n == 100);
  CHECK(lanes[0].hash == MakeEntry(kGroup, kChainLane, 100).hash);
  CHECK(lanes[1].n == 100);
  CHECK(lanes[1].note == "100");
  const auto deliveries = h.Deliveries({"b.example", "", ""});
  REQUIRE(deliveries.size() == 1);
  CHECK(deliveries[0].through == 100);
  CHECK(deliveries[0].acked == 50);
  const auto entries = h.Entries({kGroup, kChainLane});
  REQUIRE(entries.size() == 100);
  CHECK(entries.back().message->seq == 100);
}

}  // namespace
}  // namespace molva::test
