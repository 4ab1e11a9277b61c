// The storage API of the core: batches in, rows out, nothing blocks.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/mutation.h"
#include "store/records.h"

namespace molva::store {

// Called exactly once, on the shard that asked, never from inside the call.
template <typename T>
using Done = absl::AnyInvocable<void(absl::StatusOr<T>)>;
using Written = absl::AnyInvocable<void(absl::Status)>;

// A subscription of a user, with what the contact list shows beside it.
struct Contact {
  SubscriptionRecord subscription;
  // The topic; for p2p `public_card`, `trusted`, `updated` (if newer) and `state` are the peer's,
  // and `peer` is set.
  TopicRecord topic;
  std::optional<UserRecord> peer;
};

// A subscriber of a topic with his card.
struct Member {
  SubscriptionRecord subscription;
  UserRecord user;
};

// Which messages to read; newest first. Messages deleted for everybody never come.
struct MessageQuery {
  model::TopicName topic;
  model::UserId reader;                 // messages this user hid are left out
  std::vector<model::SeqRange> ranges;  // empty: all; otherwise normalised
  std::int32_t limit = 100;
};

struct DeletionQuery {
  model::TopicName topic;
  model::UserId reader;     // also what this user hid
  std::int32_t since = 0;   // del_id ≥ since
  std::int32_t before = 0;  // del_id < before; 0: no bound
  std::int32_t limit = 1024;
};

struct ReactionQuery {
  model::TopicName topic;
  std::vector<model::SeqRange> ranges;  // of messages; empty: all; otherwise normalised
  std::int32_t limit = 1024;
};

// Words that follow each other in a message; the last one may be the beginning of a longer one.
struct Phrase {
  std::vector<std::string> words;
  enum class End : std::uint8_t { kWhole, kPrefix } end = End::kWhole;
};

// Messages with every one of `phrases`; newest first. Those that another has replaced never come.
struct WordQuery {
  model::TopicName topic;
  model::UserId reader;                 // messages this user hid are left out
  std::vector<model::SeqRange> ranges;  // empty: all; otherwise normalised
  std::vector<Phrase> phrases;
  std::int32_t limit = 24;
};

// A message's place among those of all topics: by time, then by name of the topic, then by number.
struct MessagePlace {
  absl::Time created;  // in milliseconds
  model::TopicName topic;
  model::SeqId seq = 0;
};

// Likewise, in whatever topics `reader` may read; newest first.
struct UserWordQuery {
  model::UserId reader;
  std::vector<Phrase> phrases;
  std::optional<MessagePlace> behind;  // older ones than the message there; none: from the newest
  std::int32_t limit = 24;
};

// A message that was found, and the subscription by which the reader may read it.
struct WordHit {
  MessageRecord message;
  SubscriptionRecord subscription;
};

// Which topics: any, one, or those that a user is subscribed to.
struct AnyTopic {};
using TopicScope = std::variant<AnyTopic, model::TopicName, model::UserId>;

// One alternative list of tags: a hit must have at least one of them.
using TagAlternatives = std::vector<std::string>;

struct TagQuery {
  std::vector<TagAlternatives> required;
  std::vector<std::string> optional;
  model::UserId asker;  // left out of the result
  std::int32_t limit = 1024;
};

// A user or a topic that matched.
struct TagHit {
  std::variant<UserRecord, TopicRecord> what;
  std::vector<std::string> matched;
};

// Entries of a lane with n > after, in order, up to `limit` of them or `max_bytes` of text (theirs
// and of head and content of their messages), whichever comes first, but at least one.
struct EntryQuery {
  model::TopicName topic;
  std::string lane;
  std::int64_t after = 0;
  std::int32_t limit = 256;
  std::int64_t max_bytes = 1 << 20;
};

// An entry with the message it states, unless that was deleted for everybody or is gone.
struct StoredEntry {
  EntryRecord entry;
  std::optional<MessageRecord> message;
};

// Rows of a peer whose `acked` is below `through`, in order of topic text and lane, behind the
// given ones (empty: from the first).
struct DeliveryQuery {
  std::string peer;
  std::string after_topic;
  std::string after_lane;
  std::int32_t limit = 1024;
};

// Storage as the core sees it. StorePlugin talks to a shared library; MemoryStore (tests) keeps
// everything in maps.
//
// Thread:  call from any shard; `done` comes back to the calling shard.
// Order:   batches of one caller commit in call order; a read sees every batch of the same caller
//          that was written before.
// Errors:  kUnavailable: not now, nothing was changed. kAborted: an append lost its place.
//          kAlreadyExists, kNotFound: an Expect did not hold. After any error nothing of the
//          batch is stored.
class Store {
 public:
  virtual ~Store() = default;

  // OK means durable: it survives kill -9 and power loss.
  virtual void Write(Batch batch, Written done) = 0;

  // Absent and deleted users: nullopt.
  virtual void FindUser(model::UserId id, Done<std::optional<UserRecord>> done) = 0;
  // Absent topics: nullopt. Soft-deleted ones come with their state.
  virtual void FindTopic(model::TopicName name, Done<std::optional<TopicRecord>> done) = 0;
  // All subscriptions of a topic, soft-deleted ones included, readers left out.
  virtual void ListSubscriptions(model::TopicName topic,
                                 Done<std::vector<SubscriptionRecord>> done) = 0;
  // One subscription, soft-deleted ones included.
  virtual void FindSubscription(model::TopicName topic, model::UserId user, bool is_reader,
                                Done<std::optional<SubscriptionRecord>> done) = 0;
  // The subscribers of a topic with their cards, soft-deleted ones included, readers left out. Of
  // a user that is gone the card has only the id.
  virtual void ListMembers(model::TopicName topic, Done<std::vector<Member>> done) = 0;
  // What a user is subscribed to (reader subscriptions too), soft-deleted ones included; me and
  // fnd left out.
  virtual void ListContacts(model::UserId user, Done<std::vector<Contact>> done) = 0;
  virtual void ListMessages(MessageQuery query, Done<std::vector<MessageRecord>> done) = 0;
  // In order of del_id.
  virtual void ListDeletions(DeletionQuery query, Done<std::vector<DeletionRecord>> done) = 0;
  virtual void FindAuth(std::string scheme, std::string unique,
                        Done<std::optional<AuthRecord>> done) = 0;
  virtual void FindAuthOfUser(std::string scheme, model::UserId user,
                              Done<std::optional<AuthRecord>> done) = 0;
  // In order of method and value.
  virtual void ListCredentials(model::UserId user, Done<std::vector<CredentialRecord>> done) = 0;
  // The one that is done.
  virtual void FindCredential(std::string method, std::string value,
                              Done<std::optional<CredentialRecord>> done) = 0;
  // In order of id.
  virtual void ListDevices(model::UserId user, Done<std::vector<DeviceRecord>> done) = 0;
  // In any status; absent ones: nullopt.
  virtual void FindFile(model::FileId id, Done<std::optional<FileRecord>> done) = 0;
  // Files in any status, made before `made_before`, to which nothing links; oldest first.
  virtual void ListUnusedFiles(absl::Time made_before, std::int32_t limit,
                               Done<std::vector<FileRecord>> done) = 0;
  // Highest number first.
  virtual void ListUids(model::TopicName topic, std::int32_t limit,
                        Done<std::vector<UidRecord>> done) = 0;
  // Of `topic` or of all, due before `before`; soonest first, then by name of the topic and number.
  virtual void ListDue(std::optional<model::TopicName> topic, absl::Time before, std::int32_t limit,
                       Done<std::vector<DueRecord>> done) = 0;
  // Messages of `topic` or of all without a home made before `before`, `when` being that time; of a
  // topic the lowest numbers, up to the first younger one.
  virtual void ListOld(std::optional<model::TopicName> topic, absl::Time before, std::int32_t limit,
                       Done<std::vector<DueRecord>> done) = 0;
  virtual void FindWords(WordQuery query, Done<std::vector<MessageRecord>> done) = 0;
  // Looks into the 1,024 topics with the youngest messages of those that the reader may read: not
  // suspended, not deleted, with J and R in his want and given.
  virtual void FindWordsOfUser(UserWordQuery query, Done<std::vector<WordHit>> done) = 0;
  // Messages that do not count as indexed; of each topic the lowest first. Those deleted for
  // everybody come empty. Bounded by `limit`, and by 256 KiB of text.
  virtual void ListUnindexed(TopicScope scope, std::int32_t limit,
                             Done<std::vector<MessageRecord>> done) = 0;
  // Lowest number first, then by time, user and sign.
  virtual void ListReactions(ReactionQuery query, Done<std::vector<ReactionRecord>> done) = 0;
  // Users and topics (not suspended, not deleted) by tag, best match first: most matched tags
  // (an "alias:" tag weighs 20), then most subscribers.
  virtual void FindByTags(TagQuery query, Done<std::vector<TagHit>> done) = 0;
  virtual void FindValue(std::string key, Done<std::optional<std::string>> done) = 0;
  // Keys that start with `prefix`, in order, with their values; at most `limit`.
  virtual void ListValues(std::string prefix, std::int32_t limit,
                          Done<std::vector<std::pair<std::string, std::string>>> done) = 0;

  // All lanes of a topic, by name; the topic need not exist.
  virtual void ListLanes(model::TopicName topic, Done<std::vector<LaneRecord>> done) = 0;
  virtual void ListEntries(EntryQuery query, Done<std::vector<StoredEntry>> done) = 0;
  // The rows of every peer if `query.peer` is empty (then ordered by peer first, and without
  // paging: the first `limit`).
  virtual void ListDeliveries(DeliveryQuery query, Done<std::vector<DeliveryRecord>> done) = 0;
  // Shadows in order of the text of the alias, behind `after` (empty: from the first).
  virtual void ListForeignNames(std::string after, std::int32_t limit,
                                Done<std::vector<ForeignName>> done) = 0;
};

}  // namespace molva::store
