// What the desk knows, and what becomes of news that it cannot hold. What people are told is in
// tests/scenario/cases/pushes.scn.
#include "push/desk.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/memory_store.h"
#include "tests/support/receipt_box.h"
#include "tests/support/sim_world.h"

namespace molva::push {
namespace {

using model::TopicName;
using model::UserId;

const UserId kAnn = UserId::FromBits(1);
const UserId kBob = UserId::FromBits(2);
const TopicName kTopic = TopicName::Group(77);

// A desk, the store it reads, and who takes its receipts.
struct Bench {
  test::SimWorld world{1};
  test::SimShard& shard = world.AddShard(0);
  test::MemoryStore store{shard};
  test::ReceiptBox box;
  Desk desk{shard, store, {&box}};

  void GiveDevice(UserId user, const std::string& id) {
    store::UserRecord record;
    record.id = user;
    store::DeviceRecord device;
    device.user = user;
    device.id = id;
    device.last_seen = world.clock().Now();
    REQUIRE(store.disk()
                .Commit({store::PutUser{record}, store::PutDevice{device}}, world.clock().Now())
                .ok());
  }
  void Tell(UserId user, model::SeqId seq) {
    News news;
    news.payload.seq = seq;
    news.topic = kTopic;
    news.targets.push_back({user, "grpX", false, 0});
    desk.Take(std::make_shared<const News>(std::move(news)));
  }
  // What has been pushed since the last time.
  std::vector<std::string> Pushed() {
    world.Settle();
    std::vector<std::string> all;
    for (const auto& entry : box.entries()) all.push_back(entry.json);
    box.entries().clear();
    return all;
  }
};

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("news waits until the devices of its user are known, and keeps its order", "[desk]") {
  Bench bench;
  bench.GiveDevice(kAnn, "phone");
  for (model::SeqId seq = 1; seq <= 3; ++seq) bench.Tell(kAnn, seq);
  CHECK(bench.box.entries().empty());
  const auto pushed = bench.Pushed();
  REQUIRE(pushed.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(Has(pushed[i], "\"seq\":" + std::to_string(i + 1)));
    CHECK(Has(pushed[i], "\"unread\":" + std::to_string(i + 1)));
  }
  // Now they are known, and nobody waits.
  bench.Tell(kAnn, 4);
  CHECK(bench.box.entries().size() == 1);
}

TEST_CASE("who has no device is told nothing", "[desk]") {
  Bench bench;
  bench.Tell(kAnn, 1);
  CHECK(bench.Pushed().empty());
  CHECK(bench.desk.dropped() == 0);
}

TEST_CASE("what waits for one user beyond the bound is dropped and counted", "[desk]") {
  Bench bench;
  bench.GiveDevice(kAnn, "phone");
  constexpr auto kSent = static_cast<model::SeqId>(Desk::kMaxWaiting) + 5;
  for (model::SeqId seq = 1; seq <= kSent; ++seq) bench.Tell(kAnn, seq);
  CHECK(bench.desk.dropped() == 5);
  CHECK(bench.Pushed().size() == Desk::kMaxWaiting);
}

TEST_CASE("of more users than fit the one heard of least lately is forgotten", "[desk]") {
  Bench bench;
  bench.GiveDevice(kAnn, "phone");
  bench.Tell(kAnn, 1);
  for (std::size_t i = 0; i < Desk::kMaxUsers; ++i) bench.Tell(UserId::FromBits(100 + i), 1);
  // She had not been read yet: what waited for her is lost.
  CHECK(bench.desk.dropped() == 1);
  CHECK(bench.Pushed().empty());
  bench.Tell(kAnn, 2);
  CHECK(bench.Pushed().size() == 1);
}

TEST_CASE("a device that has moved is its new owner's alone", "[desk]") {
  Bench bench;
  bench.GiveDevice(kAnn, "phone");
  bench.Tell(kAnn, 1);
  bench.Tell(kBob, 1);
  REQUIRE(bench.Pushed().size() == 1);
  bench.GiveDevice(kBob, "phone");
  bench.desk.Take(DeviceMoved{"phone", kBob});
  bench.Tell(kAnn, 2);
  CHECK(bench.Pushed().empty());
  bench.Tell(kBob, 2);
  CHECK(bench.Pushed().size() == 1);
}

TEST_CASE("a device that moves while its owner is being read does not stay with him", "[desk]") {
  Bench bench;
  bench.GiveDevice(kAnn, "phone");
  bench.Tell(kAnn, 1);
  bench.shard.RunOne();  // read; the answer is on its way
  bench.GiveDevice(kBob, "phone");
  bench.desk.Take(DeviceMoved{"phone", kBob});
  CHECK(bench.Pushed().empty());
  bench.Tell(kBob, 1);
  CHECK(bench.Pushed().size() == 1);
}

TEST_CASE("after a while devices are read anew", "[desk]") {
  Bench bench;
  bench.Tell(kAnn, 1);
  REQUIRE(bench.Pushed().empty());
  bench.GiveDevice(kAnn, "phone");  // and nobody says so
  bench.Tell(kAnn, 2);
  CHECK(bench.Pushed().empty());
  bench.world.Advance(Desk::kMaxAge + absl::Seconds(1));
  bench.Tell(kAnn, 3);
  CHECK(bench.Pushed().size() == 1);
}

TEST_CASE("without push services a desk reads nothing", "[desk]") {
  test::SimWorld world(1);
  test::MemoryStore store(world.AddShard(0));
  Desk desk(world.AddShard(1), store, {});
  CHECK_FALSE(desk.has_pushers());
  News news;
  news.targets.push_back({kAnn, "grpX", false, 0});
  desk.Take(std::make_shared<const News>(std::move(news)));
  CHECK(desk.dropped() == 0);
}

}  // namespace
}  // namespace molva::push
