#include "plugin/store_rows.h"

#include <algorithm>

#include "base/status_macros.h"
#include "base/strings.h"
#include "molva/plugin.hpp"

namespace molva::plugin {
namespace {

using model::AccessMode;
using model::UserId;

absl::Status Missing(const char* part) {
  return absl::DataLossError(std::string("a row of the store lacks its ") + part);
}

absl::Time ToTime(std::int64_t millis) { return absl::FromUnixMillis(millis); }

std::optional<absl::Time> ToOptionalTime(std::int64_t millis) {
  if (millis == MOLVA_NO_TIME) return std::nullopt;
  return ToTime(millis);
}

std::vector<std::string> ToList(molva_texts texts) {
  std::vector<std::string> list;
  list.reserve(texts.count);
  for (std::size_t i = 0; i < texts.count; ++i) list.push_back(sdk::Copy(texts.items[i]));
  return list;
}

AccessMode ToMode(std::uint32_t bits) { return AccessMode(static_cast<std::uint16_t>(bits)); }

model::RawJson ToJson(molva_text text) { return {sdk::Copy(text)}; }

model::JsonFields ToFields(molva_text text) {
  if (text.size == 0) return {};
  return model::ParseJsonFields(ToJson(text));
}

store::State ToState(std::uint32_t state) {
  switch (state) {
    case MOLVA_STATE_OK:
      return store::State::kOk;
    case MOLVA_STATE_SUSPENDED:
      return store::State::kSuspended;
    default:
      return store::State::kDeleted;
  }
}

model::AuthLevel ToLevel(std::uint32_t level) {
  switch (level) {
    case static_cast<std::uint32_t>(model::AuthLevel::kAnon):
      return model::AuthLevel::kAnon;
    case static_cast<std::uint32_t>(model::AuthLevel::kAuth):
      return model::AuthLevel::kAuth;
    case static_cast<std::uint32_t>(model::AuthLevel::kRoot):
      return model::AuthLevel::kRoot;
    default:
      return model::AuthLevel::kNone;
  }
}

absl::StatusOr<store::UserRecord> From(const molva_user* c) {
  if (c == nullptr) return Missing("user");
  store::UserRecord user;
  user.id = UserId::FromBits(c->id);
  user.state = ToState(c->state);
  user.created = ToTime(c->created);
  user.updated = ToTime(c->updated);
  user.last_seen = ToOptionalTime(c->last_seen);
  user.access = {ToMode(c->access_auth), ToMode(c->access_anon)};
  user.user_agent = sdk::Copy(c->user_agent);
  user.public_card = ToJson(c->public_card);
  user.trusted = ToJson(c->trusted);
  user.tags = ToList(c->tags);
  return user;
}

absl::StatusOr<store::TopicRecord> From(const molva_topic* c) {
  if (c == nullptr) return Missing("topic");
  store::TopicRecord topic;
  MOLVA_ASSIGN_OR_RETURN(topic.name, model::TopicName::Parse(sdk::View(c->name)));
  topic.state = ToState(c->state);
  topic.created = ToTime(c->created);
  topic.updated = ToTime(c->updated);
  topic.touched = ToTime(c->touched);
  topic.owner = UserId::FromBits(c->owner);
  topic.access = {ToMode(c->access_auth), ToMode(c->access_anon)};
  topic.is_channel = c->is_channel != 0;
  topic.seq = c->seq;
  topic.del_id = c->del_id;
  topic.subscriber_count = c->subscriber_count;
  topic.public_card = ToJson(c->public_card);
  topic.trusted = ToJson(c->trusted);
  topic.aux = ToFields(c->aux);
  topic.tags = ToList(c->tags);
  return topic;
}

absl::StatusOr<store::SubscriptionRecord> From(const molva_subscription* c) {
  if (c == nullptr) return Missing("subscription");
  store::SubscriptionRecord subscription;
  MOLVA_ASSIGN_OR_RETURN(subscription.topic, model::TopicName::Parse(sdk::View(c->topic)));
  subscription.user = UserId::FromBits(c->user);
  subscription.is_reader = c->is_reader != 0;
  subscription.created = ToTime(c->created);
  subscription.updated = ToTime(c->updated);
  subscription.deleted = ToOptionalTime(c->deleted);
  subscription.del_id = c->del_id;
  subscription.recv = c->recv;
  subscription.read = c->read;
  subscription.want = ToMode(c->want);
  subscription.given = ToMode(c->given);
  subscription.private_note = ToJson(c->private_note);
  return subscription;
}

absl::StatusOr<store::MessageRecord> From(const molva_message* c) {
  if (c == nullptr) return Missing("message");
  store::MessageRecord message;
  MOLVA_ASSIGN_OR_RETURN(message.topic, model::TopicName::Parse(sdk::View(c->topic)));
  message.seq = c->seq;
  message.created = ToTime(c->created);
  message.from = UserId::FromBits(c->from);
  message.head = ToFields(c->head);
  message.content = ToJson(c->content);
  return message;
}

absl::StatusOr<store::DeletionRecord> From(const molva_deletion* c) {
  if (c == nullptr) return Missing("deletion");
  store::DeletionRecord deletion;
  MOLVA_ASSIGN_OR_RETURN(deletion.topic, model::TopicName::Parse(sdk::View(c->topic)));
  deletion.user = UserId::FromBits(c->user);
  deletion.del_id = c->del_id;
  for (std::size_t i = 0; i < c->range_count; ++i) {
    deletion.ranges.push_back({c->ranges[i].low, c->ranges[i].hi});
  }
  return deletion;
}

absl::StatusOr<store::AuthRecord> From(const molva_auth_record* c) {
  if (c == nullptr) return Missing("auth record");
  store::AuthRecord auth;
  auth.scheme = sdk::Copy(c->scheme);
  auth.unique = sdk::Copy(c->unique);
  auth.user = UserId::FromBits(c->user);
  auth.level = ToLevel(c->level);
  auth.secret = sdk::Copy(c->secret);
  auth.expires = ToOptionalTime(c->expires);
  return auth;
}

// The one part `part` of the one row, if there is a row.
template <typename Record, typename Part>
absl::StatusOr<std::optional<Record>> ReadOne(const Rows& rows, Part part) {
  if (rows.count == 0) return std::nullopt;
  MOLVA_ASSIGN_OR_RETURN(Record record, From(rows.at(0).*part));
  return std::optional<Record>(std::move(record));
}

template <typename Record, typename Part>
absl::StatusOr<std::vector<Record>> ReadAll(const Rows& rows, Part part) {
  std::vector<Record> records;
  records.reserve(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) {
    MOLVA_ASSIGN_OR_RETURN(Record record, From(rows.at(i).*part));
    records.push_back(std::move(record));
  }
  return records;
}

// A p2p topic is described by the card of the other side.
void DescribeByPeer(store::TopicRecord& topic, const store::UserRecord& peer) {
  topic.public_card = peer.public_card;
  topic.trusted = peer.trusted;
  topic.updated = std::max(topic.updated, peer.updated);
  topic.state = peer.state;
}

}  // namespace

absl::StatusOr<std::optional<store::UserRecord>> ReadUser(const Rows& rows) {
  return ReadOne<store::UserRecord>(rows, &molva_row::user);
}

absl::StatusOr<std::optional<store::TopicRecord>> ReadTopic(const Rows& rows) {
  return ReadOne<store::TopicRecord>(rows, &molva_row::topic);
}

absl::StatusOr<std::vector<store::SubscriptionRecord>> ReadSubscriptions(const Rows& rows) {
  return ReadAll<store::SubscriptionRecord>(rows, &molva_row::subscription);
}

absl::StatusOr<std::optional<store::SubscriptionRecord>> ReadSubscription(const Rows& rows) {
  return ReadOne<store::SubscriptionRecord>(rows, &molva_row::subscription);
}

absl::StatusOr<std::vector<store::Member>> ReadMembers(const Rows& rows) {
  std::vector<store::Member> members;
  members.reserve(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const molva_row& row = rows.at(i);
    store::Member member;
    MOLVA_ASSIGN_OR_RETURN(member.subscription, From(row.subscription));
    member.user.id = member.subscription.user;
    if (row.user != nullptr) {
      MOLVA_ASSIGN_OR_RETURN(member.user, From(row.user));
    }
    members.push_back(std::move(member));
  }
  return members;
}

absl::StatusOr<std::vector<store::Contact>> ReadContacts(const Rows& rows) {
  std::vector<store::Contact> contacts;
  contacts.reserve(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const molva_row& row = rows.at(i);
    store::Contact contact;
    MOLVA_ASSIGN_OR_RETURN(contact.subscription, From(row.subscription));
    MOLVA_ASSIGN_OR_RETURN(contact.topic, From(row.topic));
    const model::TopicKind kind = contact.topic.name.kind();
    if (kind == model::TopicKind::kMe || kind == model::TopicKind::kFnd) continue;
    if (row.user != nullptr) {
      MOLVA_ASSIGN_OR_RETURN(contact.peer, From(row.user));
      DescribeByPeer(contact.topic, *contact.peer);
    }
    contacts.push_back(std::move(contact));
  }
  return contacts;
}

absl::StatusOr<std::vector<store::MessageRecord>> ReadMessages(const Rows& rows) {
  return ReadAll<store::MessageRecord>(rows, &molva_row::message);
}

absl::StatusOr<std::vector<store::DeletionRecord>> ReadDeletions(const Rows& rows) {
  return ReadAll<store::DeletionRecord>(rows, &molva_row::deletion);
}

absl::StatusOr<std::optional<store::AuthRecord>> ReadAuth(const Rows& rows) {
  return ReadOne<store::AuthRecord>(rows, &molva_row::auth);
}

absl::StatusOr<std::vector<store::TagHit>> ReadTagHits(const Rows& rows) {
  std::vector<store::TagHit> hits;
  hits.reserve(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const molva_row& row = rows.at(i);
    store::TagHit hit;
    if (row.user != nullptr) {
      MOLVA_ASSIGN_OR_RETURN(hit.what, From(row.user));
    } else {
      MOLVA_ASSIGN_OR_RETURN(hit.what, From(row.topic));
    }
    hit.matched = ToList(row.texts);
    hits.push_back(std::move(hit));
  }
  return hits;
}

absl::StatusOr<std::optional<std::string>> ReadValue(const Rows& rows) {
  if (rows.count == 0) return std::nullopt;
  const molva_texts texts = rows.at(0).texts;
  if (texts.count != 1) return Missing("value");
  return sdk::Copy(texts.items[0]);
}

}  // namespace molva::plugin
