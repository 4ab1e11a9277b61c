// Turns changes into SQL, one batch at a time, inside the writer's transaction.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "molva/store_plugin.h"
#include "sql_common/connection.h"
#include "sql_common/lane_cache.h"
#include "sql_common/topic_cache.h"
#include "sql_common/word_index.h"

namespace molva::sql_common {

// Applies batches to the open transaction. A batch that fails is undone alone, by a savepoint. What
// a conversation produces all the time (a message, its entry, marks, deliveries) needs none: it is
// checked beforehand against the caches, and then only the disk can make it fail.
//
// Marks (recv, read), heads of lanes and deliveries are gathered and written once per commit:
// Finish().
//
// Thread:  the writer's.
// Borrows: `connection` and `words`.
class Applier {
 public:
  Applier(Connection& connection, WordIndex& words)
      : connection_(connection), words_(words), topics_(connection), lanes_(connection) {}

  // On an error nothing of the batch is in the transaction, unless is_broken().
  Outcome Apply(const molva_batch& batch);
  // Writes what was gathered; call before COMMIT.
  Outcome Finish();
  // The transaction itself is lost: roll back and Forget().
  bool is_broken() const { return is_broken_; }
  // After a rollback: nothing remembered is true any more.
  void Forget();

 private:
  struct Marks {
    std::int32_t recv = 0;
    std::int32_t read = 0;
  };
  using MarksKey = std::tuple<std::int64_t, std::uint64_t, std::uint32_t>;  // topic, user, reader
  using MarksMap = std::map<MarksKey, Marks>;

  Outcome ApplyAll(const molva_batch& batch);
  Outcome ApplyInSavepoint(const molva_batch& batch);
  Outcome ApplyOne(const molva_change& change);
  // The kinds since version 1.3 of the contract.
  Outcome ApplyLater(const molva_change& change);
  // Whether the rules let the batch through, and one of each kind of change is all it has.
  Outcome IsCertain(const molva_batch& batch, bool* certain);
  Outcome WillFit(const molva_message& message, bool* fits);
  Outcome WillFit(const molva_entry& entry, bool* fits);
  Outcome WillFit(const molva_lane& lane, bool* fits);
  Outcome WriteMarks(const MarksMap& marks);
  // `exists`: what was found.
  static Outcome CheckExpect(molva_expect expect, bool exists, const char* what);
  template <typename... Args>
  Outcome CheckExpectRow(molva_expect expect, const char* what, const char* sql,
                         const Args&... args);

  Outcome PutUser(const molva_user& user, molva_expect expect);
  Outcome PutLastSeen(const molva_user& user);
  Outcome EraseUser(const molva_key& key);
  Outcome PutAuth(const molva_auth_record& auth, molva_expect expect);
  Outcome EraseAuth(const molva_key& key);
  Outcome PutCredential(const molva_credential& credential, molva_expect expect);
  Outcome EraseCredential(const molva_key& key);
  Outcome PutDevice(const molva_device_record& device);
  Outcome EraseDevice(const molva_device_record& device, molva_expect expect);
  Outcome PutFile(const molva_file& file, molva_expect expect);
  Outcome EraseFile(const molva_file& file);
  Outcome CondemnFile(const molva_file& file);
  Outcome LinkFiles(const molva_file_links& links);
  Outcome PutValue(const molva_key& key, molva_expect expect);
  Outcome EraseValue(const molva_key& key);
  Outcome EnsureUser(const molva_user& user);
  // No origin: the name is not foreign.
  Outcome PutForeignName(molva_text name, molva_text origin);
  Outcome PutTags(int kind, std::int64_t subject, molva_texts tags);

  Outcome PutTopic(const molva_topic& topic, molva_expect expect);
  Outcome EraseTopic(const molva_key& key);
  Outcome HideTopic(const molva_key& key);
  Outcome PutSubscription(const molva_subscription& subscription, molva_expect expect);
  Outcome RaiseMarks(const molva_subscription& marks);
  Outcome AppendMessage(const molva_message& message);
  Outcome PutDeletion(const molva_deletion& deletion);
  Outcome EraseDeletions(const molva_key& key);

  Outcome PutUid(const molva_uid& uid);
  Outcome EraseUids(const molva_uid& erase);
  Outcome PutDue(const molva_due& due);
  Outcome PutReaction(const molva_reaction& reaction);
  Outcome EraseReaction(const molva_reaction& reaction);
  Outcome PutWords(const molva_words& words);
  Outcome EndWords(const molva_words& end);
  // Whether `words` are of a message that may be found; takes those away whose place it takes.
  Outcome Replace(std::int64_t topic, const molva_words& words, bool* is_found);
  // Dues, reactions and words of the messages in `range`.
  Outcome EraseBeside(std::int64_t topic, const molva_range& range);

  Outcome AppendEntry(const molva_entry& entry);
  Outcome PutLane(const molva_lane& put);
  Outcome EraseEntries(const molva_lane& erase);
  Outcome DropLane(const molva_lane& drop);
  Outcome RequestDelivery(const molva_delivery& request);
  Outcome ConfirmDelivery(const molva_delivery& confirm);

  Connection& connection_;
  WordIndex& words_;
  TopicCache topics_;
  LaneCache lanes_;
  MarksMap gathered_;           // of the batches of this commit
  MarksMap of_this_batch_;      // join `gathered_` when the batch is in
  bool gathers_marks_ = false;  // the batch changes nothing that marks could meet
  bool is_broken_ = false;
};

// Tags of users and of topics live in one table.
inline constexpr int kUserTag = 0;
inline constexpr int kTopicTag = 1;

inline std::optional<std::int64_t> OptionalTime(std::int64_t time) {
  if (time == MOLVA_NO_TIME) return std::nullopt;
  return time;
}

template <typename... Args>
Outcome Applier::CheckExpectRow(molva_expect expect, const char* what, const char* sql,
                                const Args&... args) {
  if (expect == MOLVA_EXPECT_ANYTHING) return Done();
  bool exists = false;
  MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
      sql,
      [&exists](const Row&) {
        exists = true;
        return Next::kStop;
      },
      args...));
  return CheckExpect(expect, exists, what);
}

}  // namespace molva::sql_common
