// What MemoryStore keeps: the records of a store in ordered maps, with the store's exact rules.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/store.h"

namespace molva::test {

// The rules of store/store.h as plain code: batches are applied at once and whole, queries read.
//
// Thread: not safe; MemoryStore takes care of that.
class MemoryDatabase {
 public:
  // Applies `batch`, or nothing of it. `now` stamps soft erasures.
  absl::Status Apply(const store::Batch& batch, absl::Time now);

  std::optional<store::UserRecord> FindUser(model::UserId id) const;
  std::optional<store::TopicRecord> FindTopic(model::TopicName name) const;
  std::vector<store::SubscriptionRecord> ListSubscriptions(model::TopicName name) const;
  std::optional<store::SubscriptionRecord> FindSubscription(model::TopicName name,
                                                            model::UserId user,
                                                            bool is_reader) const;
  std::vector<store::Member> ListMembers(model::TopicName name) const;
  std::vector<store::Contact> ListContacts(model::UserId user) const;
  std::vector<store::MessageRecord> ListMessages(const store::MessageQuery& query) const;
  std::vector<store::DeletionRecord> ListDeletions(const store::DeletionQuery& query) const;
  std::optional<store::AuthRecord> FindAuth(const std::string& scheme,
                                            const std::string& unique) const;
  std::optional<store::AuthRecord> FindAuthOfUser(const std::string& scheme,
                                                  model::UserId user) const;
  std::vector<store::TagHit> FindByTags(const store::TagQuery& query) const;
  std::optional<std::string> FindValue(const std::string& key) const;

 private:
  struct Message {
    store::MessageRecord record;
    bool is_wiped = false;
  };
  using SubscriberKey = std::pair<model::UserId, bool>;  // and whether a reader
  using DeletionKey = std::pair<model::UserId, std::int32_t>;
  using AuthKey = std::pair<std::string, std::string>;
  struct Topic {
    std::optional<store::TopicRecord> record;  // none: only subscriptions (me, fnd)
    std::int64_t epoch = 0;
    std::map<SubscriberKey, store::SubscriptionRecord> subscriptions;
    std::map<model::SeqId, Message> messages;
    std::map<DeletionKey, store::DeletionRecord> deletions;
  };
  using Undo = absl::AnyInvocable<void()>;

  absl::Status ApplyOne(const store::PutUser& put, absl::Time now);
  absl::Status ApplyOne(const store::PutLastSeen& put, absl::Time now);
  absl::Status ApplyOne(const store::PutTopic& put, absl::Time now);
  absl::Status ApplyOne(const store::EraseTopic& erase, absl::Time now);
  absl::Status ApplyOne(const store::PutSubscription& put, absl::Time now);
  absl::Status ApplyOne(const store::RaiseMarks& raise, absl::Time now);
  absl::Status ApplyOne(const store::AppendMessage& append, absl::Time now);
  absl::Status ApplyOne(const store::PutDeletion& put, absl::Time now);
  absl::Status ApplyOne(const store::EraseUserDeletions& erase, absl::Time now);
  absl::Status ApplyOne(const store::PutAuth& put, absl::Time now);
  absl::Status ApplyOne(const store::EraseAuth& erase, absl::Time now);
  absl::Status ApplyOne(const store::EraseUser& erase, absl::Time now);
  absl::Status ApplyOne(const store::PutValue& put, absl::Time now);
  absl::Status ApplyOne(const store::EraseValue& erase, absl::Time now);

  // Remembers what `map` has under `key`, to be put back if the batch fails.
  template <typename Map>
  void Remember(Map& map, const typename Map::key_type& key);
  // The topic's entry, made if absent; only this makes entries, so that undo finds them.
  Topic& Entry(model::TopicName name);
  const Topic* Find(model::TopicName name) const;
  // The record with what the store derives.
  static store::TopicRecord Derive(const Topic& topic);
  store::UserRecord CardOf(model::UserId id) const;
  std::vector<model::SeqRange> HiddenFrom(const Topic& topic, model::UserId user) const;

  std::map<model::UserId, store::UserRecord> users_;
  std::map<model::TopicName, Topic> topics_;
  std::map<AuthKey, store::AuthRecord> auths_;
  std::map<std::string, std::string> values_;
  std::vector<Undo> undo_;  // of the batch being applied, oldest first
};

}  // namespace molva::test
