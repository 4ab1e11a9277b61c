// What the store keeps, as plain values. Times are UTC with millisecond precision.
// Source: docs/protocol plugin-and-backend §2.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/access_mode.h"
#include "model/file_id.h"
#include "model/raw_json.h"
#include "model/request.h"
#include "model/seq_range.h"
#include "model/topic_name.h"
#include "model/user_id.h"

namespace molva::store {

enum class State : std::uint8_t { kOk = 0, kSuspended = 10, kDeleted = 20 };

struct UserRecord {
  model::UserId id;
  absl::Time created;
  absl::Time updated;
  State state = State::kOk;
  model::DefaultAccess access;
  std::optional<absl::Time> last_seen;
  std::string user_agent;  // at last_seen
  model::RawJson public_card;
  model::RawJson trusted;
  std::vector<std::string> tags;
  // Of a user of another server: the global name. What is kept here is a shadow: the card as last
  // heard. Empty: an account of this server.
  std::string origin;
};

struct TopicRecord {
  model::TopicName name;
  absl::Time created;
  absl::Time updated;  // of the description
  absl::Time touched;  // of the last message, or `updated` if there is none
  State state = State::kOk;
  bool is_channel = false;
  model::UserId owner;  // Nobody for p2p and sys
  model::DefaultAccess access;
  model::SeqId seq = 0;               // of the last message; the store derives it from the messages
  std::int32_t del_id = 0;            // of the last deletion
  std::int32_t subscriber_count = 0;  // live subscriptions; derived by the store
  model::RawJson public_card;
  model::RawJson trusted;
  model::JsonFields aux;
  std::vector<std::string> tags;
  std::string home;    // domain of the server that orders this topic; empty: this one
  std::string origin;  // of a group of another server: the global name; else empty
};

struct SubscriptionRecord {
  model::TopicName topic;
  model::UserId user;
  // Of a channel; at most one reader and one full record per user and topic.
  bool is_reader = false;
  absl::Time created;
  absl::Time updated;
  std::optional<absl::Time> deleted;  // soft: kept so that a ban survives leave and sub
  std::int32_t del_id = 0;            // this user's last soft deletion
  model::SeqId recv = 0;
  model::SeqId read = 0;
  model::AccessMode want;
  model::AccessMode given;
  model::RawJson private_note;
};

struct MessageRecord {
  model::TopicName topic;
  model::SeqId seq = 0;
  absl::Time created;
  model::UserId from;  // Nobody for erased authors and system messages
  model::JsonFields head;
  model::RawJson content;
};

// One deletion: numbers hidden from everybody (`user` Nobody) or from one user.
struct DeletionRecord {
  model::TopicName topic;
  model::UserId user;
  std::int32_t del_id = 0;
  std::vector<model::SeqRange> ranges;  // normalised
};

// What an auth scheme knows of a user; `secret` is opaque to everybody but the scheme.
struct AuthRecord {
  std::string scheme;
  std::string unique;  // unique within the scheme: a login
  model::UserId user;
  model::AuthLevel level = model::AuthLevel::kNone;
  std::string secret;
  std::optional<absl::Time> expires;
};

// A way to reach a user, as "email" and an address; `is_done` once he has shown that it is his.
struct CredentialRecord {
  model::UserId user;
  std::string method;
  std::string value;
  bool is_done = false;
  std::string response;      // what shows it
  std::int32_t retries = 0;  // wrong responses so far
  absl::Time created;
  absl::Time updated;
};

// What a user gets pushes on. It has one owner.
struct DeviceRecord {
  model::UserId user;
  std::string id;  // what the push service knows it by
  std::string platform;
  std::string language;
  absl::Time last_seen;
};

enum class FileStatus : std::uint8_t {
  kStarted = 0,
  kDone = 1,
  kCondemned = 3,  // nobody gets it any more, and its bytes are to be removed
};

// An uploaded file. Its bytes are kept by media::Media.
struct FileRecord {
  model::FileId id;
  FileStatus status = FileStatus::kStarted;
  model::UserId user;  // Nobody: uploaded before there was an account
  std::string mime;    // as it is served
  std::string location;
  std::string etag;  // without quotes
  std::int64_t size_bytes = 0;
  absl::Time created;
};

// The name that a client gave to a publication, so that it may be tried again.
struct UidRecord {
  model::TopicName topic;
  model::SeqId seq = 0;  // of the message that it became
  model::UserId user;
  std::string uid;
};

// When a message is to be deleted for everybody.
struct DueRecord {
  model::TopicName topic;
  model::SeqId seq = 0;
  absl::Time when;
};

// By which words a message is found.
struct WordsRecord {
  model::TopicName topic;
  model::SeqId seq = 0;
  std::string words;          // with single spaces between them; empty: not found
  model::SeqId replaces = 0;  // of the message whose place it takes, or 0
};

// What a user says to a message in one sign.
struct ReactionRecord {
  model::TopicName topic;
  model::SeqId seq = 0;
  model::UserId user;
  std::string sign;
  absl::Time created;
};

// Lanes: the logs of a topic that federation keeps (docs/federation.md). Entries of a lane count
// from 1 without gaps. There is kChainLane, kProposalLane and, at the home, one per foreign domain
// that has made proposals, named by the domain; these have a head but no entries.
inline constexpr char kChainLane[] = "";
inline constexpr char kProposalLane[] = "@";

// How far a lane has come. Outlives the topic.
struct LaneRecord {
  model::TopicName topic;
  std::string lane;
  std::int64_t n = 0;  // of the last entry
  std::string hash;    // of its body
  std::string note;    // bytes that go with the head
};

// One entry of a lane. Bodies are kept as they came.
struct EntryRecord {
  model::TopicName topic;
  std::string lane;
  std::int64_t n = 0;
  std::string body;
  std::string proof;        // that the body's server signed it; empty for our own
  std::string cause;        // the proposal that led to an event
  std::string cause_proof;  // that its author's server signed that
  std::string payload;      // of a proposal; an event's is the message `seq`
  model::SeqId seq = 0;     // of the message that an event states
};

// What a peer has yet to get, and what it has.
struct DeliveryRecord {
  std::string peer;  // domain
  model::TopicName topic;
  std::string lane;
  std::int64_t through = 0;
  std::int64_t acked = 0;
};

// A shadow's alias and global name.
struct ForeignName {
  model::TopicName alias;  // `me` name of a user, or a group
  std::string origin;
};

}  // namespace molva::store
