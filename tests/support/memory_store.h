// A store in memory for tests and the simulator, with switches for the faults a disk can have.
#pragma once

#include <absl/base/thread_annotations.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "runtime/mutex.h"
#include "runtime/shard.h"
#include "store/store.h"
#include "tests/support/memory_database.h"

namespace molva::test {

// What several shards of one node share: the records and the fault switches. Survives the
// stores over it, as a disk survives a process: hand it to new ones to simulate a restart.
//
// Thread: any.
class MemoryDisk {
 public:
  // The next `count` batches fail with kUnavailable; nothing of them is stored.
  void FailNextWrites(int count);
  // Every operation takes this long from now on. Zero: the next turn of the shard.
  void SetDelay(absl::Duration delay);
  absl::Duration delay() const;
  int committed_batches() const;

  absl::Status Commit(const store::Batch& batch, absl::Time now);
  // Runs `read` on the records.
  template <typename Read>
  auto With(Read read) const {
    const runtime::MutexLock lock(mutex_);
    return read(database_);
  }

 private:
  mutable runtime::Mutex mutex_;
  MemoryDatabase database_ ABSL_GUARDED_BY(mutex_);
  int writes_to_fail_ ABSL_GUARDED_BY(mutex_) = 0;
  int committed_batches_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Duration delay_ ABSL_GUARDED_BY(mutex_);
};

// store::Store over a MemoryDisk, for one shard. Operations take effect in call order, at the
// earliest in the next turn of the shard; the answer comes one turn later still, so that a crash
// may fall between commit and acknowledgement.
//
// Thread:  confined to `shard`.
// Borrows: `shard`, which must outlive the store. What is under way when the store goes is lost
//          unanswered, like everything else of a process that dies.
class MemoryStore final : public store::Store {
 public:
  explicit MemoryStore(runtime::Shard& shard,
                       std::shared_ptr<MemoryDisk> disk = std::make_shared<MemoryDisk>());
  ~MemoryStore() override;

  MemoryDisk& disk() { return *disk_; }
  // Drops every operation that has not taken effect, unanswered: what a power cut does to
  // batches that were not synced.
  void Crash();

  void Write(store::Batch batch, store::Written done) override;
  void FindUser(model::UserId id, store::Done<std::optional<store::UserRecord>> done) override;
  void FindTopic(model::TopicName name,
                 store::Done<std::optional<store::TopicRecord>> done) override;
  void ListSubscriptions(model::TopicName topic,
                         store::Done<std::vector<store::SubscriptionRecord>> done) override;
  void FindSubscription(model::TopicName topic, model::UserId user, bool is_reader,
                        store::Done<std::optional<store::SubscriptionRecord>> done) override;
  void ListMembers(model::TopicName topic, store::Done<std::vector<store::Member>> done) override;
  void ListContacts(model::UserId user, store::Done<std::vector<store::Contact>> done) override;
  void ListMessages(store::MessageQuery query,
                    store::Done<std::vector<store::MessageRecord>> done) override;
  void ListDeletions(store::DeletionQuery query,
                     store::Done<std::vector<store::DeletionRecord>> done) override;
  void FindAuth(std::string scheme, std::string unique,
                store::Done<std::optional<store::AuthRecord>> done) override;
  void FindAuthOfUser(std::string scheme, model::UserId user,
                      store::Done<std::optional<store::AuthRecord>> done) override;
  void ListCredentials(model::UserId user,
                       store::Done<std::vector<store::CredentialRecord>> done) override;
  void FindCredential(std::string method, std::string value,
                      store::Done<std::optional<store::CredentialRecord>> done) override;
  void ListDevices(model::UserId user, store::Done<std::vector<store::DeviceRecord>> done) override;
  void FindFile(model::FileId id, store::Done<std::optional<store::FileRecord>> done) override;
  void ListUnusedFiles(absl::Time made_before, std::int32_t limit,
                       store::Done<std::vector<store::FileRecord>> done) override;
  void ListUids(model::TopicName topic, std::int32_t limit,
                store::Done<std::vector<store::UidRecord>> done) override;
  void ListDue(std::optional<model::TopicName> topic, absl::Time before, std::int32_t limit,
               store::Done<std::vector<store::DueRecord>> done) override;
  void ListOld(std::optional<model::TopicName> topic, absl::Time before, std::int32_t limit,
               store::Done<std::vector<store::DueRecord>> done) override;
  void FindWords(store::WordQuery query,
                 store::Done<std::vector<store::MessageRecord>> done) override;
  void FindWordsOfUser(store::UserWordQuery query,
                       store::Done<std::vector<store::WordHit>> done) override;
  void ListUnindexed(store::TopicScope scope, std::int32_t limit,
                     store::Done<std::vector<store::MessageRecord>> done) override;
  void ListReactions(store::ReactionQuery query,
                     store::Done<std::vector<store::ReactionRecord>> done) override;
  void FindByTags(store::TagQuery query, store::Done<std::vector<store::TagHit>> done) override;
  void FindValue(std::string key, store::Done<std::optional<std::string>> done) override;
  void ListValues(std::string prefix, std::int32_t limit,
                  store::Done<std::vector<std::pair<std::string, std::string>>> done) override;
  void ListLanes(model::TopicName topic, store::Done<std::vector<store::LaneRecord>> done) override;
  void ListEntries(store::EntryQuery query,
                   store::Done<std::vector<store::StoredEntry>> done) override;
  void ListDeliveries(store::DeliveryQuery query,
                      store::Done<std::vector<store::DeliveryRecord>> done) override;
  void ListForeignNames(std::string after, std::int32_t limit,
                        store::Done<std::vector<store::ForeignName>> done) override;

 private:
  // The waiting operations. Held by the tasks on the shard only weakly, so that they find out
  // that the store is gone.
  struct Queue {
    std::deque<std::pair<std::uint64_t, runtime::Task>> operations;  // by number
    std::uint64_t next_number = 0;
  };

  void Enqueue(runtime::Task operation);
  template <typename T, typename Read>
  void Query(store::Done<T> done, Read read);

  runtime::Shard& shard_;
  std::shared_ptr<MemoryDisk> disk_;  // shared with the stores of the other shards
  std::shared_ptr<Queue> queue_;      // see Queue
};

}  // namespace molva::test
