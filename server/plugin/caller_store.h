// store::Store of one shard over a storage plugin.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "molva/store_plugin.h"
#include "plugin/store_caller.h"
#include "store/store.h"
#include "store/write_tap.h"

namespace molva::plugin {

// The batches of a turn are submitted together, when it ends or a query follows: the plugin's
// threads are woken once, and one commit takes them all.
//
// Thread:  the shard's.
// Borrows: the plugin's table and instance and the tap, which must outlive every call.
// Errors:  kUnimplemented for what the contract did not have yet in the plugin's version; it is
//          not asked then.
class CallerStore final : public store::Store {
 public:
  CallerStore(const molva_store_api& api, std::uint32_t abi_minor, molva_store* instance,
              std::shared_ptr<Caller> caller, store::WriteTap* tap)
      : api_(api),
        abi_minor_(abi_minor),
        instance_(instance),
        caller_(std::move(caller)),
        tap_(tap) {}
  ~CallerStore() override;

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
  void SubmitPending();
  template <typename T>
  void Ask(std::unique_ptr<QueryRequest> request, absl::StatusOr<T> (*read)(const Rows&),
           store::Done<T> done);
  absl::Status CheckVersion(std::uint32_t needed_minor) const;

  const molva_store_api& api_;
  const std::uint32_t abi_minor_;  // of the plugin
  molva_store* const instance_;
  const std::shared_ptr<Caller> caller_;  // shared with answers under way
  store::WriteTap* const tap_;            // null: nobody watches
  Submission pending_;                    // not yet submitted; null: nothing
};

}  // namespace molva::plugin
