#include "tests/support/memory_store.h"

#include <utility>

namespace molva::test {

void MemoryDisk::FailNextWrites(int count) {
  const runtime::MutexLock lock(mutex_);
  writes_to_fail_ = count;
}

void MemoryDisk::SetDelay(absl::Duration delay) {
  const runtime::MutexLock lock(mutex_);
  delay_ = delay;
}

absl::Duration MemoryDisk::delay() const {
  const runtime::MutexLock lock(mutex_);
  return delay_;
}

int MemoryDisk::committed_batches() const {
  const runtime::MutexLock lock(mutex_);
  return committed_batches_;
}

absl::Status MemoryDisk::Commit(const store::Batch& batch, absl::Time now) {
  const runtime::MutexLock lock(mutex_);
  if (writes_to_fail_ > 0) {
    --writes_to_fail_;
    return absl::UnavailableError("the disk was told to fail");
  }
  absl::Status status = database_.Apply(batch, now);
  if (status.ok()) ++committed_batches_;
  return status;
}

MemoryStore::MemoryStore(runtime::Shard& shard, std::shared_ptr<MemoryDisk> disk)
    : shard_(shard), disk_(std::move(disk)), queue_(std::make_shared<Queue>()) {}

MemoryStore::~MemoryStore() = default;

void MemoryStore::Crash() { queue_->operations.clear(); }

// Each task runs its operation and those before it, so that order is kept even when the delay
// changes, and a disk that is fast again is fast at once.
void MemoryStore::Enqueue(runtime::Task operation) {
  const std::uint64_t number = queue_->next_number++;
  queue_->operations.emplace_back(number, std::move(operation));
  runtime::Task run = [weak = std::weak_ptr<Queue>(queue_), number] {
    const std::shared_ptr<Queue> queue = weak.lock();
    if (queue == nullptr) return;
    while (!queue->operations.empty() && queue->operations.front().first <= number) {
      runtime::Task next = std::move(queue->operations.front().second);
      queue->operations.pop_front();
      next();
    }
  };
  const absl::Duration delay = disk_->delay();
  if (delay > absl::ZeroDuration()) {
    shard_.StartTimer(delay, std::move(run));
  } else {
    shard_.Post(std::move(run));
  }
}

void MemoryStore::Write(store::Batch batch, store::Written done) {
  Enqueue([this, batch = std::move(batch), done = std::move(done)]() mutable {
    absl::Status status = disk_->Commit(batch, shard_.Now());
    shard_.Post([weak = std::weak_ptr<Queue>(queue_), status = std::move(status),
                 done = std::move(done)]() mutable {
      if (!weak.expired()) done(std::move(status));
    });
  });
}

template <typename T, typename Read>
void MemoryStore::Query(store::Done<T> done, Read read) {
  Enqueue([this, done = std::move(done), read = std::move(read)]() mutable {
    T result = disk_->With(read);
    shard_.Post([weak = std::weak_ptr<Queue>(queue_), result = std::move(result),
                 done = std::move(done)]() mutable {
      if (!weak.expired()) done(std::move(result));
    });
  });
}

void MemoryStore::FindUser(model::UserId id, store::Done<std::optional<store::UserRecord>> done) {
  Query(std::move(done), [id](const MemoryDatabase& db) { return db.FindUser(id); });
}

void MemoryStore::FindTopic(model::TopicName name,
                            store::Done<std::optional<store::TopicRecord>> done) {
  Query(std::move(done), [name](const MemoryDatabase& db) { return db.FindTopic(name); });
}

void MemoryStore::ListSubscriptions(model::TopicName topic,
                                    store::Done<std::vector<store::SubscriptionRecord>> done) {
  Query(std::move(done), [topic](const MemoryDatabase& db) { return db.ListSubscriptions(topic); });
}

void MemoryStore::FindSubscription(model::TopicName topic, model::UserId user, bool is_reader,
                                   store::Done<std::optional<store::SubscriptionRecord>> done) {
  Query(std::move(done), [topic, user, is_reader](const MemoryDatabase& db) {
    return db.FindSubscription(topic, user, is_reader);
  });
}

void MemoryStore::ListMembers(model::TopicName topic,
                              store::Done<std::vector<store::Member>> done) {
  Query(std::move(done), [topic](const MemoryDatabase& db) { return db.ListMembers(topic); });
}

void MemoryStore::ListContacts(model::UserId user, store::Done<std::vector<store::Contact>> done) {
  Query(std::move(done), [user](const MemoryDatabase& db) { return db.ListContacts(user); });
}

void MemoryStore::ListMessages(store::MessageQuery query,
                               store::Done<std::vector<store::MessageRecord>> done) {
  Query(std::move(done),
        [query = std::move(query)](const MemoryDatabase& db) { return db.ListMessages(query); });
}

void MemoryStore::ListDeletions(store::DeletionQuery query,
                                store::Done<std::vector<store::DeletionRecord>> done) {
  Query(std::move(done),
        [query = std::move(query)](const MemoryDatabase& db) { return db.ListDeletions(query); });
}

void MemoryStore::FindAuth(std::string scheme, std::string unique,
                           store::Done<std::optional<store::AuthRecord>> done) {
  Query(std::move(done), [scheme = std::move(scheme), unique = std::move(unique)](
                             const MemoryDatabase& db) { return db.FindAuth(scheme, unique); });
}

void MemoryStore::FindAuthOfUser(std::string scheme, model::UserId user,
                                 store::Done<std::optional<store::AuthRecord>> done) {
  Query(std::move(done), [scheme = std::move(scheme), user](const MemoryDatabase& db) {
    return db.FindAuthOfUser(scheme, user);
  });
}

void MemoryStore::ListCredentials(model::UserId user,
                                  store::Done<std::vector<store::CredentialRecord>> done) {
  Query(std::move(done), [user](const MemoryDatabase& db) { return db.ListCredentials(user); });
}

void MemoryStore::FindCredential(std::string method, std::string value,
                                 store::Done<std::optional<store::CredentialRecord>> done) {
  Query(std::move(done),
        [method = std::move(method), value = std::move(value)](const MemoryDatabase& db) {
          return db.FindCredential(method, value);
        });
}

void MemoryStore::ListDevices(model::UserId user,
                              store::Done<std::vector<store::DeviceRecord>> done) {
  Query(std::move(done), [user](const MemoryDatabase& db) { return db.ListDevices(user); });
}

void MemoryStore::FindFile(model::FileId id, store::Done<std::optional<store::FileRecord>> done) {
  Query(std::move(done), [id](const MemoryDatabase& db) { return db.FindFile(id); });
}

void MemoryStore::ListUnusedFiles(absl::Time made_before, std::int32_t limit,
                                  store::Done<std::vector<store::FileRecord>> done) {
  Query(std::move(done), [made_before, limit](const MemoryDatabase& db) {
    return db.ListUnusedFiles(made_before, limit);
  });
}

void MemoryStore::ListUids(model::TopicName topic, std::int32_t limit,
                           store::Done<std::vector<store::UidRecord>> done) {
  Query(std::move(done),
        [topic, limit](const MemoryDatabase& db) { return db.ListUids(topic, limit); });
}

void MemoryStore::ListDue(std::optional<model::TopicName> topic, absl::Time before,
                          std::int32_t limit, store::Done<std::vector<store::DueRecord>> done) {
  Query(std::move(done), [topic, before, limit](const MemoryDatabase& db) {
    return db.ListDue(topic, before, limit);
  });
}

void MemoryStore::ListOld(std::optional<model::TopicName> topic, absl::Time before,
                          std::int32_t limit, store::Done<std::vector<store::DueRecord>> done) {
  Query(std::move(done), [topic, before, limit](const MemoryDatabase& db) {
    return db.ListOld(topic, before, limit);
  });
}

void MemoryStore::FindWords(store::WordQuery query,
                            store::Done<std::vector<store::MessageRecord>> done) {
  Query(std::move(done),
        [query = std::move(query)](const MemoryDatabase& db) { return db.FindWords(query); });
}

void MemoryStore::FindWordsOfUser(store::UserWordQuery query,
                                  store::Done<std::vector<store::WordHit>> done) {
  Query(std::move(done),
        [query = std::move(query)](const MemoryDatabase& db) { return db.FindWordsOfUser(query); });
}

void MemoryStore::ListUnindexed(store::TopicScope scope, std::int32_t limit,
                                store::Done<std::vector<store::MessageRecord>> done) {
  Query(std::move(done),
        [scope, limit](const MemoryDatabase& db) { return db.ListUnindexed(scope, limit); });
}

void MemoryStore::ListReactions(store::ReactionQuery query,
                                store::Done<std::vector<store::ReactionRecord>> done) {
  Query(std::move(done),
        [query = std::move(query)](const MemoryDatabase& db) { return db.ListReactions(query); });
}

void MemoryStore::FindByTags(store::TagQuery query, store::Done<std::vector<store::TagHit>> done) {
  Query(std::move(done),
        [query = std::move(query)](const MemoryDatabase& db) { return db.FindByTags(query); });
}

void MemoryStore::FindValue(std::string key, store::Done<std::optional<std::string>> done) {
  Query(std::move(done),
        [key = std::move(key)](const MemoryDatabase& db) { return db.FindValue(key); });
}

void MemoryStore::ListValues(std::string prefix, std::int32_t limit,
                             store::Done<std::vector<std::pair<std::string, std::string>>> done) {
  Query(std::move(done), [prefix = std::move(prefix), limit](const MemoryDatabase& db) {
    return db.ListValues(prefix, limit);
  });
}

void MemoryStore::ListLanes(model::TopicName topic,
                            store::Done<std::vector<store::LaneRecord>> done) {
  Query(std::move(done), [topic](const MemoryDatabase& db) { return db.ListLanes(topic); });
}

void MemoryStore::ListEntries(store::EntryQuery query,
                              store::Done<std::vector<store::StoredEntry>> done) {
  Query(std::move(done),
        [query = std::move(query)](const MemoryDatabase& db) { return db.ListEntries(query); });
}

void MemoryStore::ListDeliveries(store::DeliveryQuery query,
                                 store::Done<std::vector<store::DeliveryRecord>> done) {
  Query(std::move(done),
        [query = std::move(query)](const MemoryDatabase& db) { return db.ListDeliveries(query); });
}

void MemoryStore::ListForeignNames(std::string after, std::int32_t limit,
                                   store::Done<std::vector<store::ForeignName>> done) {
  Query(std::move(done), [after = std::move(after), limit](const MemoryDatabase& db) {
    return db.ListForeignNames(after, limit);
  });
}

}  // namespace molva::test
