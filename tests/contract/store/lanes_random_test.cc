// Random changes to lanes and deliveries: every store ends like the one that is plain maps.
#include <random>

#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line
using model::TopicName;

constexpr int kRounds = 12;
constexpr int kBatchesOfRound = 40;
const std::string kLanes[] = {"", "@", "b.example"};
const std::string kPeers[] = {"b.example", "c.example"};
constexpr TopicName kTopics[] = {kGroup, kChat};

// Makes batches of which many, but not all, fit what is stored.
class Changes {
 public:
  explicit Changes(unsigned seed) : random_(seed) {}

  Batch NextBatch() {
    Batch batch;
    for (int left = Below(4); left >= 0; --left) batch.push_back(Next());
    return batch;
  }

 private:
  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  TopicName Topic() { return kTopics[Below(2)]; }
  std::string Lane() { return kLanes[Below(3)]; }

  Mutation Next() {
    const TopicName topic = Topic();
    const std::string lane = Lane();
    const int n = Below(12);
    switch (Below(20)) {
      case 0:
        return PutLane{{topic, lane, Below(12), "put", std::to_string(n)}, n};
      case 1:
        return EraseEntries{topic, lane, Below(6)};
      case 2:
        return DropLane{topic, lane};
      case 3:
      case 4:
        return ConfirmDelivery{{kPeers[Below(2)], topic, lane, 0, n}};
      case 5:
      case 6:
        return RequestDelivery{{kPeers[Below(2)], topic, lane, n, 0}};
      case 7:
        return PutUser{MakeUser(kAnn), Below(2) == 0 ? Expect::kPresent : Expect::kAnything};
      case 8:
        return EraseUser{kAnn};
      case 9:
        return RaiseMarks{topic, kAnn, false, n, n};
      case 10:
        return PutSubscription{MakeSubscription(topic, kAnn)};
      default:
        return MakeEntry(topic, lane, 1 + Below(4));
    }
  }

  std::mt19937 random_;
};

// Everything that the changes above can reach, as text.
std::string Describe(StoreHarness& h) {
  std::string text;
  for (const TopicName topic : kTopics) {
    for (const LaneRecord& lane : h.Lanes(topic)) {
      text += "lane '" + lane.lane + "' " + std::to_string(lane.n) + lane.hash + lane.note + "\n";
    }
    for (const std::string& lane : kLanes) {
      for (const StoredEntry& stored : h.Entries({topic, lane, 0, 1000})) {
        text += "entry '" + lane + "' " + std::to_string(stored.entry.n) + stored.entry.body + "\n";
      }
    }
    const auto subscription = h.Subscription(topic, kAnn);
    if (subscription.has_value()) text += "read " + std::to_string(subscription->read) + "\n";
  }
  for (const DeliveryRecord& delivery : h.Deliveries(DeliveryQuery{})) {
    text += delivery.peer + delivery.topic.ToString() + "'" + delivery.lane + "' " +
            std::to_string(delivery.acked) + "/" + std::to_string(delivery.through) + "\n";
  }
  return text;
}

std::vector<absl::StatusCode> WriteAll(StoreHarness& h, const std::vector<Batch>& batches) {
  std::vector<std::future<absl::Status>> waits;
  for (const Batch& batch : batches) waits.push_back(h.WriteLater(batch));
  std::vector<absl::StatusCode> codes;
  for (auto& wait : waits) codes.push_back(StoreHarness::Wait(std::move(wait)).code());
  return codes;
}

TEST_CASE("after the same changes every store has the same lanes and deliveries") {
  const unsigned seed = GENERATE(1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U);
  INFO("seed " << seed);
  Changes changes(seed);
  StoreHarness plain(Make::kMemory);
  StoreHarness tested(GENERATE(from_range(DurableMakes())));
  int applied = 0;
  int refused = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Batch> batches;
    for (int i = 0; i < kBatchesOfRound; ++i) batches.push_back(changes.NextBatch());
    const auto codes = WriteAll(plain, batches);
    REQUIRE(WriteAll(tested, batches) == codes);
    for (const absl::StatusCode code : codes) ++(code == absl::StatusCode::kOk ? applied : refused);
    REQUIRE(Describe(tested) == Describe(plain));
    if (round % 4 == 3) tested.Reopen();
  }
  CHECK(applied > 50);
  CHECK(refused > 50);
}

}  // namespace
}  // namespace molva::test
