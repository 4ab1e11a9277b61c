// The fault switches of the store in memory. Its rules are held by the contract of all stores.
#include "tests/support/memory_store.h"

#include <chrono>
#include <future>

#include "runtime/asio_shard.h"
#include "tests/support/catch.h"

namespace molva::test {
namespace {

// Runs `task` on the shard and waits for it.
void On(runtime::AsioShard& shard, runtime::Task task) {
  std::promise<void> done;
  shard.Post([&] {
    task();
    done.set_value();
  });
  REQUIRE(done.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
}

// Lets everything that was posted before, and what that posts, run.
void Settle(runtime::AsioShard& shard) {
  for (int i = 0; i < 5; ++i) On(shard, [] {});
}

bool Has(MemoryDisk& disk, const std::string& key) {
  return disk.With([&key](const MemoryDatabase& db) { return db.FindValue(key).has_value(); });
}

store::Batch Put(const std::string& key) { return {store::PutValue{key, "x"}}; }

TEST_CASE("the disk fails as many writes as it was told, and stores nothing of them") {
  runtime::AsioShard shard(0);
  MemoryStore store(shard);
  shard.Start();
  store.disk().FailNextWrites(2);
  std::vector<absl::Status> answers;
  On(shard, [&] {
    for (const char* key : {"a", "b", "c"}) {
      store.Write(Put(key), [&answers](absl::Status status) { answers.push_back(status); });
    }
  });
  Settle(shard);
  REQUIRE(answers.size() == 3);
  CHECK(absl::IsUnavailable(answers[0]));
  CHECK(absl::IsUnavailable(answers[1]));
  CHECK(answers[2].ok());
  CHECK_FALSE(Has(store.disk(), "a"));
  CHECK(Has(store.disk(), "c"));
  CHECK(store.disk().committed_batches() == 1);
  shard.Stop();
}

TEST_CASE("an answer never comes from inside the call") {
  runtime::AsioShard shard(0);
  MemoryStore store(shard);
  shard.Start();
  bool is_inside = true;
  int inside = 0;
  int answers = 0;
  On(shard, [&] {
    store.Write(Put("a"), [&](absl::Status) {
      inside += is_inside ? 1 : 0;
      ++answers;
    });
    store.FindValue("a", [&](absl::StatusOr<std::optional<std::string>> found) {
      inside += is_inside ? 1 : 0;
      answers += found.ok() && found->has_value() ? 1 : 0;
    });
    is_inside = false;
  });
  Settle(shard);
  CHECK(inside == 0);
  CHECK(answers == 2);
  shard.Stop();
}

TEST_CASE("a crash drops what was not synced, unanswered, and keeps what was") {
  runtime::AsioShard shard(0);
  MemoryStore store(shard);
  shard.Start();
  On(shard, [&] { store.Write(Put("synced"), [](absl::Status) {}); });
  Settle(shard);
  bool is_answered = false;
  On(shard, [&] {
    store.Write(Put("lost"), [&is_answered](absl::Status) { is_answered = true; });
    store.Crash();
    store.Write(Put("after"), [](absl::Status) {});
  });
  Settle(shard);
  CHECK_FALSE(is_answered);
  CHECK(Has(store.disk(), "synced"));
  CHECK_FALSE(Has(store.disk(), "lost"));
  CHECK(Has(store.disk(), "after"));
  shard.Stop();
}

TEST_CASE("a slow disk answers later") {
  runtime::AsioShard shard(0);
  MemoryStore store(shard);
  shard.Start();
  store.disk().SetDelay(absl::Milliseconds(30));
  std::promise<void> done;
  const auto start = std::chrono::steady_clock::now();
  On(shard, [&] { store.Write(Put("slow"), [&](absl::Status) { done.set_value(); }); });
  REQUIRE(done.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(29));
  shard.Stop();
}

TEST_CASE("a disk that is fast again is fast at once, and keeps the order") {
  runtime::AsioShard shard(0);
  MemoryStore store(shard);
  shard.Start();
  store.disk().SetDelay(absl::Hours(1));
  std::promise<void> both;
  std::vector<int> order;
  On(shard, [&] {
    store.Write(Put("slow"), [&](absl::Status) { order.push_back(1); });
    store.disk().SetDelay(absl::ZeroDuration());
    store.Write(Put("quick"), [&](absl::Status) {
      order.push_back(2);
      both.set_value();
    });
  });
  REQUIRE(both.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  CHECK(order == std::vector<int>{1, 2});
  shard.Stop();
}

TEST_CASE("a new store over the same disk finds what the old one left") {
  auto disk = std::make_shared<MemoryDisk>();
  runtime::AsioShard shard(0);
  shard.Start();
  {
    MemoryStore store(shard, disk);
    On(shard, [&] { store.Write(Put("a"), [](absl::Status) {}); });
    Settle(shard);
  }
  MemoryStore store(shard, disk);
  bool is_found = false;
  On(shard, [&] {
    store.FindValue("a", [&](absl::StatusOr<std::optional<std::string>> found) {
      is_found = found.ok() && found->has_value();
    });
  });
  Settle(shard);
  CHECK(is_found);
  shard.Stop();
}

}  // namespace
}  // namespace molva::test
