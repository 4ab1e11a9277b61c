// What MemoryStore keeps: the records of a store in ordered maps, with the store's exact rules.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
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
  std::vector<store::CredentialRecord> ListCredentials(model::UserId user) const;
  std::optional<store::CredentialRecord> FindCredential(const std::string& method,
                                                        const std::string& value) const;
  std::vector<store::DeviceRecord> ListDevices(model::UserId user) const;
  std::optional<store::FileRecord> FindFile(model::FileId id) const;
  std::vector<store::FileRecord> ListUnusedFiles(absl::Time made_before, std::int32_t limit) const;
  std::vector<store::UidRecord> ListUids(model::TopicName name, std::int32_t limit) const;
  std::vector<store::DueRecord> ListDue(const std::optional<model::TopicName>& topic,
                                        absl::Time before, std::int32_t limit) const;
  std::vector<store::DueRecord> ListOld(const std::optional<model::TopicName>& topic,
                                        absl::Time before, std::int32_t limit) const;
  std::vector<store::MessageRecord> FindWords(const store::WordQuery& query) const;
  std::vector<store::WordHit> FindWordsOfUser(const store::UserWordQuery& query) const;
  std::vector<store::MessageRecord> ListUnindexed(const store::TopicScope& scope,
                                                  std::int32_t limit) const;
  std::vector<store::ReactionRecord> ListReactions(const store::ReactionQuery& query) const;
  std::vector<store::TagHit> FindByTags(const store::TagQuery& query) const;
  std::optional<std::string> FindValue(const std::string& key) const;
  std::vector<std::pair<std::string, std::string>> ListValues(const std::string& prefix,
                                                              std::int32_t limit) const;
  std::vector<store::LaneRecord> ListLanes(model::TopicName topic) const;
  std::vector<store::StoredEntry> ListEntries(const store::EntryQuery& query) const;
  std::vector<store::DeliveryRecord> ListDeliveries(const store::DeliveryQuery& query) const;
  std::vector<store::ForeignName> ListForeignNames(const std::string& after,
                                                   std::int32_t limit) const;

 private:
  struct Message {
    store::MessageRecord record;
    bool is_wiped = false;
  };
  using SubscriberKey = std::pair<model::UserId, bool>;  // and whether a reader
  using DeletionKey = std::pair<model::UserId, std::int32_t>;
  using AuthKey = std::pair<std::string, std::string>;
  using CredentialKey = std::tuple<model::UserId, std::string, std::string>;
  // What refers to a file: the name of the topic (or nothing), the message, the user; and the file.
  using FileLink = std::tuple<std::string, model::SeqId, model::UserId, model::FileId>;
  using ReactionKey = std::tuple<model::SeqId, model::UserId, std::string>;
  using LaneKey = std::pair<model::TopicName, std::string>;
  using EntryKey = std::tuple<model::TopicName, std::string, std::int64_t>;
  using DeliveryKey = std::tuple<std::string, std::string, std::string>;  // peer, topic text, lane
  struct Topic {
    std::optional<store::TopicRecord> record;  // none: only subscriptions (me, fnd)
    std::int64_t epoch = 0;
    std::map<SubscriberKey, store::SubscriptionRecord> subscriptions;
    std::map<model::SeqId, Message> messages;
    std::map<DeletionKey, store::DeletionRecord> deletions;
    std::map<model::SeqId, store::UidRecord> uids;
    std::map<model::SeqId, store::DueRecord> dues;
    std::map<ReactionKey, store::ReactionRecord> reactions;
    std::map<model::SeqId, std::string> words;
    std::map<model::SeqId, model::SeqId> replaced;  // by which message
    model::SeqId indexed = 0;                       // up to here
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
  absl::Status ApplyOne(const store::PutCredential& put, absl::Time now);
  absl::Status ApplyOne(const store::EraseCredential& erase, absl::Time now);
  absl::Status ApplyOne(const store::PutDevice& put, absl::Time now);
  absl::Status ApplyOne(const store::EraseDevice& erase, absl::Time now);
  absl::Status ApplyOne(const store::PutFile& put, absl::Time now);
  absl::Status ApplyOne(const store::EraseFile& erase, absl::Time now);
  absl::Status ApplyOne(const store::CondemnFile& condemn, absl::Time now);
  absl::Status ApplyOne(const store::LinkFiles& link, absl::Time now);
  absl::Status ApplyOne(const store::PutUid& put, absl::Time now);
  absl::Status ApplyOne(const store::EraseUids& erase, absl::Time now);
  absl::Status ApplyOne(const store::PutDue& put, absl::Time now);
  absl::Status ApplyOne(const store::PutReaction& put, absl::Time now);
  absl::Status ApplyOne(const store::EraseReaction& erase, absl::Time now);
  absl::Status ApplyOne(const store::PutWords& put, absl::Time now);
  absl::Status ApplyOne(const store::EndWords& end, absl::Time now);
  absl::Status ApplyOne(const store::EraseUser& erase, absl::Time now);
  absl::Status ApplyOne(const store::PutValue& put, absl::Time now);
  absl::Status ApplyOne(const store::EraseValue& erase, absl::Time now);
  absl::Status ApplyOne(const store::EnsureUser& ensure, absl::Time now);
  absl::Status ApplyOne(const store::AppendEntry& append, absl::Time now);
  absl::Status ApplyOne(const store::PutLane& put, absl::Time now);
  absl::Status ApplyOne(const store::EraseEntries& erase, absl::Time now);
  absl::Status ApplyOne(const store::DropLane& drop, absl::Time now);
  absl::Status ApplyOne(const store::RequestDelivery& request, absl::Time now);
  absl::Status ApplyOne(const store::ConfirmDelivery& confirm, absl::Time now);

  // Remembers what `map` has under `key`, to be put back if the batch fails.
  template <typename Map>
  void Remember(Map& map, const typename Map::key_type& key) {
    const auto at = map.find(key);
    if (at == map.end()) {
      undo_.push_back([&map, key] { map.erase(key); });
    } else {
      undo_.push_back([&map, key, former = at->second] { map.insert_or_assign(key, former); });
    }
  }
  // Erases the entries with low < n <= through.
  void EraseEntriesBetween(const LaneKey& lane, std::int64_t low, std::int64_t through);
  // Removes the dues and reactions of the messages in `range`.
  void EraseBeside(Topic& topic, const model::SeqRange& range);
  // Removes the words of the messages in `range`, and of what has taken their place.
  void EraseWords(Topic& topic, const model::SeqRange& range);
  // Removes the reactions of `topic` for which `is_gone`.
  void EraseReactions(Topic& topic,
                      const std::function<bool(const store::ReactionRecord&)>& is_gone);
  // Removes the links for which `is_gone`.
  void Unlink(const std::function<bool(const FileLink&)>& is_gone);
  bool IsLinked(model::FileId id) const;
  // The topic's entry, made if absent; only this makes entries, so that undo finds them.
  Topic& Entry(model::TopicName name);
  const Topic* Find(model::TopicName name) const;
  // The record with what the store derives.
  static store::TopicRecord Derive(const Topic& topic);
  // The subscription by which `user` may read `topic`, or null.
  static const store::SubscriptionRecord* ReadingOf(const Topic& topic, model::UserId user);
  store::UserRecord CardOf(model::UserId id) const;
  std::vector<model::SeqRange> HiddenFrom(const Topic& topic, model::UserId user) const;
  // The message that `entry` states, unless it is wiped or gone.
  std::optional<store::MessageRecord> MessageOf(const store::EntryRecord& entry) const;

  std::map<model::UserId, store::UserRecord> users_;
  std::map<model::TopicName, Topic> topics_;
  std::map<AuthKey, store::AuthRecord> auths_;
  std::map<CredentialKey, store::CredentialRecord> credentials_;
  std::map<std::string, store::DeviceRecord> devices_;
  std::map<model::FileId, store::FileRecord> files_;
  std::set<FileLink> file_links_;
  std::map<std::string, std::string> values_;
  std::map<LaneKey, store::LaneRecord> lanes_;
  std::map<EntryKey, store::EntryRecord> entries_;
  std::map<DeliveryKey, store::DeliveryRecord> deliveries_;
  std::vector<Undo> undo_;  // of the batch being applied, oldest first
};

}  // namespace molva::test
