// The changes a caller may ask of the store. A batch of them is one transaction.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "store/records.h"

namespace molva::store {

// What must be true of the row before a put.
enum class Expect : std::uint8_t {
  kAnything,  // insert or overwrite
  kAbsent,    // insert; the batch fails with kAlreadyExists if the key (or a unique name) is taken
  kPresent,   // overwrite; the batch fails with kNotFound if there is no such row
};

struct PutUser {
  UserRecord user;
  Expect expect = Expect::kAnything;
};

// Only the time and the user agent of the last departure from `me`.
struct PutLastSeen {
  model::UserId user;
  absl::Time when;
  std::string user_agent;
};

// Everything but `seq`, `touched` and `subscriber_count`, which the store derives.
struct PutTopic {
  TopicRecord topic;
  Expect expect = Expect::kAnything;
};

// Hard: the topic, its subscriptions, messages and deletions are gone; lanes and entries stay.
// Soft: topic and subscriptions are marked deleted, messages stay.
struct EraseTopic {
  model::TopicName topic;
  bool hard = true;
};

struct PutSubscription {
  SubscriptionRecord subscription;
  Expect expect = Expect::kAnything;
};

// Raises recv and read to at least the given values; never lowers them. Cheap: marks of one
// subscription within a commit are merged.
struct RaiseMarks {
  model::TopicName topic;
  model::UserId user;
  bool is_reader = false;
  model::SeqId recv = 0;
  model::SeqId read = 0;
};

// Appends `message`. Fails with kAborted unless the topic is there, message.seq is its last seq + 1
// and `epoch` is not below the highest epoch seen for the topic, so that a stale owner is fenced
// off.
struct AppendMessage {
  MessageRecord message;
  std::int64_t epoch = 0;
};

// Records a deletion and, if `deletion.user` is Nobody, wipes author, head and content of the
// messages; their numbers stay taken. Also raises del_id of the topic (everybody) or of the
// user's subscription.
struct PutDeletion {
  DeletionRecord deletion;
};

// Forgets which messages a user had hidden in a topic (on unsubscribe).
struct EraseUserDeletions {
  model::TopicName topic;
  model::UserId user;
};

struct PutAuth {
  AuthRecord auth;
  Expect expect = Expect::kAnything;
  // Not empty, then `expect` is kPresent: the secret that the record must still have, else the
  // batch fails with kAborted. Then the secret alone is replaced; a level that somebody has changed
  // meanwhile stays.
  std::string former = {};
};

struct EraseAuth {
  std::string scheme;
  std::string unique;
};

// Key: user, method, value. Fails with kAlreadyExists, whatever `expect`, if it is done and another
// user has the same one done.
struct PutCredential {
  CredentialRecord credential;
  Expect expect = Expect::kAnything;
};

struct EraseCredential {
  model::UserId user;
  std::string method;
  std::string value;
};

// A device that was another user's is his no more.
struct PutDevice {
  DeviceRecord device;
};

// kPresent: fails with kNotFound unless the user has it.
struct EraseDevice {
  model::UserId user;
  std::string id;
  Expect expect = Expect::kAnything;
};

struct PutFile {
  FileRecord file;
  Expect expect = Expect::kAnything;
};

// The record and all links to it are gone.
struct EraseFile {
  model::FileId file;
};

// Condemned unless something links to it. An absent file stays absent.
struct CondemnFile {
  model::FileId file;
};

// What refers to files keeps them. To those of a message (`seq` not 0) these are added; the card of
// a topic, or of `user` if `topic` is nullopt, keeps exactly these. Ids of files that are not done
// are passed over. Links go with the message, topic or user when it is erased for good.
struct LinkFiles {
  std::optional<model::TopicName> topic;
  model::UserId user;
  model::SeqId seq = 0;
  std::vector<model::FileId> files;
};

// The user, the user's subscriptions, auth records, credentials, devices and tags are gone.
// Messages stay, authorless.
struct EraseUser {
  model::UserId user;
};

// A small value under a name: keys, counters, settings of the node.
struct PutValue {
  std::string key;
  std::string value;
  Expect expect = Expect::kAnything;
};

struct EraseValue {
  std::string key;
};

// Puts a shadow user unless there is a record of this id.
struct EnsureUser {
  UserRecord user;
};

// Appends to a lane. Fails with kAborted unless entry.n is the lane's n + 1 (an absent lane has 0).
// Moves the lane's head to n and `hash`; its note stays.
struct AppendEntry {
  EntryRecord entry;
  std::string hash;
};

// Sets the head of a lane. Fails with kAborted unless the lane's n is `expected`. Entries above the
// new n are gone.
struct PutLane {
  LaneRecord lane;
  std::int64_t expected = 0;
};

// Forgets entries up to `through`; the head stays.
struct EraseEntries {
  model::TopicName topic;
  std::string lane;
  std::int64_t through = 0;
};

// The lane, its entries and its deliveries are gone.
struct DropLane {
  model::TopicName topic;
  std::string lane;
};

// `delivery.peer` must get the lane up to `through`: raises `through`, makes the row if absent
// (with nothing acked).
struct RequestDelivery {
  DeliveryRecord delivery;
};

// `delivery.peer` has the lane up to `acked`: raises `acked` (never above `through`). Without a row
// nothing happens.
struct ConfirmDelivery {
  DeliveryRecord delivery;
};

// What is kept beside the messages of a topic that is there; else nothing happens. All of it goes
// with the topic, dues and reactions with the message when that is deleted for everybody, reactions
// with the user.
struct PutUid {
  UidRecord uid;
};

// Those of messages up to `through`.
struct EraseUids {
  model::TopicName topic;
  model::SeqId through = 0;
};

struct PutDue {
  DueRecord due;
};

// Nothing happens either if the message is not there or was deleted for everybody.
struct PutReaction {
  ReactionRecord reaction;
};

// `reaction.created` is not looked at.
struct EraseReaction {
  ReactionRecord reaction;
};

// Nothing happens if the message counts as indexed or was deleted for everybody. One that replaces
// a message of the same author is found instead of that and of what replaced it before; of
// another's, beside it; of one that was deleted for everybody, not at all.
struct PutWords {
  WordsRecord words;
};

// Messages up to `through` count as indexed.
struct EndWords {
  model::TopicName topic;
  model::SeqId through = 0;
};

using Mutation =
    std::variant<PutUser, PutLastSeen, PutTopic, EraseTopic, PutSubscription, RaiseMarks,
                 AppendMessage, PutDeletion, EraseUserDeletions, PutAuth, EraseAuth, EraseUser,
                 PutValue, EraseValue, EnsureUser, AppendEntry, PutLane, EraseEntries, DropLane,
                 RequestDelivery, ConfirmDelivery, PutCredential, EraseCredential, PutFile,
                 EraseFile, CondemnFile, LinkFiles, PutUid, EraseUids, PutDue, PutReaction,
                 EraseReaction, PutDevice, EraseDevice, PutWords, EndWords>;

// All or nothing, in this order.
using Batch = std::vector<Mutation>;

}  // namespace molva::store
