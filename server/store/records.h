// What the store keeps, as plain values. Times are UTC with millisecond precision.
// Source: docs/protocol plugin-and-backend §2.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/access_mode.h"
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

}  // namespace molva::store
