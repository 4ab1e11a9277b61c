// Many requests at once: a store that fails now and then, several shards, bounds, closing.
#include <atomic>

#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line

TEST_CASE("a store that refuses now and then loses nothing that it acknowledged") {
  StoreHarness h(Make::kFaulty, R"(, "fail_every": 3)");
  int refused = 0;
  const auto write_until_taken = [&](const Batch& batch) {
    for (int attempt = 0; attempt < 3; ++attempt) {
      const absl::Status status = h.Write(batch);
      if (status.ok()) return;
      REQUIRE(absl::IsUnavailable(status));
      ++refused;
    }
    FAIL("refused three times in a row");
  };
  write_until_taken({PutTopic{MakeTopic(kGroup)}});
  for (int seq = 1; seq <= 20; ++seq) write_until_taken({AppendMessage{MakeMessage(kGroup, seq)}});
  CHECK(refused >= 9);
  CHECK(h.Topic(kGroup)->seq == 20);
}

// Several shards over one plugin.
class Shards {
 public:
  explicit Shards(int count) {
    const auto library = plugin::Library::Load(MOLVA_STORE_SQLITE, MOLVA_KIND_STORE);
    REQUIRE(library.ok());
    auto opened = plugin::StorePlugin::Open(
        *library, "{\"path\": \"" + (folder_.path() / "d" / "x.db").string() + "\"}");
    REQUIRE(opened.ok());
    plugin_ = *std::move(opened);
    for (int i = 0; i < count; ++i) {
      shards_.push_back(std::make_unique<runtime::AsioShard>(i));
      stores_.push_back(plugin_->ForShard(*shards_.back()));
      shards_.back()->Start();
    }
  }
  ~Shards() {
    plugin_.reset();
    for (auto& shard : shards_) shard->Stop();
  }
  runtime::AsioShard& shard(std::size_t i) { return *shards_[i]; }
  Store& store(std::size_t i) { return *stores_[i]; }

 private:
  TempFolder folder_;
  std::unique_ptr<plugin::StorePlugin> plugin_;
  std::vector<std::unique_ptr<runtime::AsioShard>> shards_;
  std::vector<std::unique_ptr<Store>> stores_;
};

TEST_CASE("every answer comes back on the shard that asked") {
  constexpr int kShards = 3;
  static constexpr int kMessages = 100;
  Shards shards(kShards);
  std::atomic<int> wrong{0};
  std::vector<std::promise<void>> all_done(kShards);
  std::vector<int> waiting(kShards, kMessages + 1);
  for (int i = 0; i < kShards; ++i) {
    const auto at = static_cast<std::size_t>(i);
    shards.shard(at).Post([&, at] {
      const auto topic = model::TopicName::Group(at + 1);
      const auto home = std::this_thread::get_id();
      const auto finish = [&, at, home](bool is_good) {
        if (!is_good || std::this_thread::get_id() != home) ++wrong;
        if (--waiting[at] == 0) all_done[at].set_value();
      };
      shards.store(at).Write({PutTopic{MakeTopic(topic)}}, [](absl::Status) {});
      for (int seq = 1; seq <= kMessages; ++seq) {
        shards.store(at).Write({AppendMessage{MakeMessage(topic, seq)}},
                               [finish](absl::Status status) { finish(status.ok()); });
      }
      shards.store(at).FindTopic(topic, [finish](absl::StatusOr<std::optional<TopicRecord>> found) {
        finish(found.ok() && found->has_value() && (*found)->seq == kMessages);
      });
    });
  }
  for (auto& done : all_done) StoreHarness::Wait(done.get_future());
  CHECK(wrong == 0);
}

TEST_CASE("more requests than the store may keep waiting are refused, and every one is answered") {
  StoreHarness h(Make::kSqlite, R"(, "max_waiting": 8)");
  std::vector<std::future<absl::Status>> writes;
  for (int i = 0; i < 2000; ++i) {
    writes.push_back(h.WriteLater({PutValue{"key", std::to_string(i)}}));
  }
  int taken = 0;
  int refused = 0;
  for (auto& write : writes) {
    const absl::Status status = StoreHarness::Wait(std::move(write));
    if (status.ok()) ++taken;
    if (absl::IsUnavailable(status)) ++refused;
  }
  CHECK(taken + refused == 2000);
  CHECK(taken >= 8);
}

TEST_CASE("closing a store answers everything that was asked") {
  std::vector<std::future<absl::Status>> writes;
  std::vector<std::future<absl::StatusOr<std::optional<std::string>>>> reads;
  {
    StoreHarness h(Make::kSqlite);
    for (int i = 0; i < 300; ++i) {
      writes.push_back(h.WriteLater({PutValue{"key", std::to_string(i)}}));
      reads.push_back(h.AskLater<std::optional<std::string>>(
          [](Store& store, auto done) { store.FindValue("key", std::move(done)); }));
    }
    // Everything above has reached the store when this is answered.
    h.MustWrite({PutValue{"end", "x"}});
  }
  for (auto& write : writes) CHECK(StoreHarness::Wait(std::move(write)).ok());
  for (auto& read : reads) CHECK(StoreHarness::Wait(std::move(read)).ok());
}

}  // namespace
}  // namespace molva::test
