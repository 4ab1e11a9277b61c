// Runs one store, of whatever make, on a real shard, and lets a test wait for its answers.
#pragma once

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "plugin/store_adapter.h"
#include "runtime/asio_shard.h"
#include "store/store.h"
#include "tests/contract/store/makes.h"
#include "tests/support/catch.h"
#include "tests/support/memory_store.h"

namespace molva::test {

// A word that no other store of this program has, as the name of a schema.
std::string FreshSchema();

// A directory that goes with its owner.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Thread: the test's. Each call waits for its answer, at most 20 s.
class StoreHarness {
 public:
  explicit StoreHarness(Make make, std::string more_config = {});
  ~StoreHarness();
  StoreHarness(const StoreHarness&) = delete;
  StoreHarness& operator=(const StoreHarness&) = delete;

  Make make() const { return make_; }
  std::filesystem::path database() const { return folder_.path() / "data" / "molva.db"; }
  const std::string& schema() const { return schema_; }
  // The configuration of the plugin.
  std::string ConfigJson() const;
  // Closes the store and opens it again over the same data.
  void Reopen();
  // The halves of Reopen; between them nothing may be asked.
  void Close();
  void Open();
  runtime::AsioShard& shard() { return *shard_; }
  // For use on the shard alone.
  store::Store& store() { return *store_; }
  // Of a store that is no MemoryStore.
  plugin::StorePlugin& plugin() { return *plugin_; }

  std::future<absl::Status> WriteLater(store::Batch batch);
  absl::Status Write(store::Batch batch) { return Wait(WriteLater(std::move(batch))); }
  void MustWrite(store::Batch batch) {
    const absl::Status status = Write(std::move(batch));
    INFO(status.ToString());
    REQUIRE(status.ok());
  }

  // The answer to `ask(store, done)`.
  template <typename T, typename Ask>
  std::future<absl::StatusOr<T>> AskLater(Ask ask) {
    auto promise = std::make_shared<std::promise<absl::StatusOr<T>>>();
    std::future<absl::StatusOr<T>> future = promise->get_future();
    shard_->Post([this, ask = std::move(ask), promise]() mutable {
      ask(*store_, store::Done<T>([promise](absl::StatusOr<T> answer) {
        promise->set_value(std::move(answer));
      }));
    });
    return future;
  }
  template <typename T, typename Ask>
  T MustAsk(Ask ask) {
    absl::StatusOr<T> answer = Wait(AskLater<T>(std::move(ask)));
    INFO(answer.status().ToString());
    REQUIRE(answer.ok());
    return *std::move(answer);
  }
  template <typename T>
  static T Wait(std::future<T> future) {
    REQUIRE(future.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    return future.get();
  }

  std::optional<store::UserRecord> User(model::UserId id);
  std::optional<store::TopicRecord> Topic(model::TopicName name);
  std::optional<store::SubscriptionRecord> Subscription(model::TopicName topic, model::UserId user,
                                                        bool is_reader = false);
  std::vector<store::MessageRecord> Messages(store::MessageQuery query);
  std::vector<model::SeqId> Seqs(store::MessageQuery query);
  std::vector<store::DeletionRecord> Deletions(store::DeletionQuery query);
  std::vector<store::Contact> Contacts(model::UserId user);
  std::vector<store::Member> Members(model::TopicName topic);
  std::optional<store::FileRecord> File(model::FileId id);
  std::vector<store::FileRecord> UnusedFiles(absl::Time made_before, std::int32_t limit = 100);
  std::vector<store::TagHit> ByTags(store::TagQuery query);
  std::optional<store::AuthRecord> Auth(std::string scheme, std::string unique);
  std::optional<std::string> Value(std::string key);
  std::vector<std::pair<std::string, std::string>> Values(std::string prefix,
                                                          std::int32_t limit = 100);
  std::vector<store::LaneRecord> Lanes(model::TopicName topic);
  std::vector<store::StoredEntry> Entries(store::EntryQuery query);
  std::vector<store::DeliveryRecord> Deliveries(store::DeliveryQuery query);
  std::vector<store::ForeignName> ForeignNames(std::string after = {}, std::int32_t limit = 100);

 private:
  const Make make_;
  const std::string more_config_;
  TempFolder folder_;
  const std::string schema_;          // of PostgreSQL
  std::shared_ptr<MemoryDisk> disk_;  // survives Reopen, as a disk does
  std::unique_ptr<runtime::AsioShard> shard_;
  std::unique_ptr<plugin::StorePlugin> plugin_;
  std::unique_ptr<store::Store> store_;
};

// Records with every field set to something of its own.
inline constexpr model::UserId kAnn = model::UserId::FromBits(11);
inline constexpr model::UserId kBob = model::UserId::FromBits(0xfedcba9876543210);
inline constexpr model::UserId kCid = model::UserId::FromBits(33);
inline constexpr model::TopicName kGroup = model::TopicName::Group(77);
inline constexpr model::TopicName kChat = model::TopicName::P2p(kAnn, kBob);
absl::Time At(std::int64_t millis);
store::UserRecord MakeUser(model::UserId id, std::vector<std::string> tags = {});
store::TopicRecord MakeTopic(model::TopicName name, std::vector<std::string> tags = {});
store::SubscriptionRecord MakeSubscription(model::TopicName topic, model::UserId user);
store::MessageRecord MakeMessage(model::TopicName topic, model::SeqId seq,
                                 model::UserId from = kAnn);
store::AuthRecord MakeAuth(std::string unique, model::UserId user);
store::AppendEntry MakeEntry(model::TopicName topic, std::string lane, std::int64_t n,
                             model::SeqId seq = 0);
store::DeletionRecord MakeDeletion(model::TopicName topic, model::UserId user, std::int32_t del_id,
                                   std::vector<model::SeqRange> ranges);

}  // namespace molva::test
