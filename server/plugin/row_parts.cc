#include "plugin/row_parts.h"

#include <fmt/format.h>

#include "base/status_macros.h"
#include "molva/plugin.hpp"

namespace molva::plugin {
namespace {

using model::AccessMode;
using model::UserId;

absl::Time ToTime(std::int64_t millis) { return absl::FromUnixMillis(millis); }

std::optional<absl::Time> ToOptionalTime(std::int64_t millis) {
  if (millis == MOLVA_NO_TIME) return std::nullopt;
  return ToTime(millis);
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

model::AuthLevel StoredLevel(std::uint32_t level) {
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

absl::Status Impossible(const char* part, std::int64_t n) {
  return absl::DataLossError(fmt::format("a row of the store has the impossible {} {}", part, n));
}

}  // namespace

absl::Status Missing(const char* part) {
  return absl::DataLossError(std::string("a row of the store lacks its ") + part);
}

absl::StatusOr<model::TopicName> ParseName(std::string_view text) {
  absl::StatusOr<model::TopicName> name = model::TopicName::Parse(text);
  if (!name.ok()) return absl::DataLossError("a row of the store has a name that is none");
  return name;
}

std::vector<std::string> ToList(molva_texts texts) {
  std::vector<std::string> list;
  list.reserve(texts.count);
  for (std::size_t i = 0; i < texts.count; ++i) list.push_back(sdk::Copy(texts.items[i]));
  return list;
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
  if (MOLVA_HAS(c, origin)) user.origin = sdk::Copy(c->origin);
  return user;
}

absl::StatusOr<store::TopicRecord> From(const molva_topic* c) {
  if (c == nullptr) return Missing("topic");
  store::TopicRecord topic;
  MOLVA_ASSIGN_OR_RETURN(topic.name, ParseName(sdk::View(c->name)));
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
  if (MOLVA_HAS(c, home)) topic.home = sdk::Copy(c->home);
  if (MOLVA_HAS(c, origin)) topic.origin = sdk::Copy(c->origin);
  return topic;
}

absl::StatusOr<store::SubscriptionRecord> From(const molva_subscription* c) {
  if (c == nullptr) return Missing("subscription");
  store::SubscriptionRecord subscription;
  MOLVA_ASSIGN_OR_RETURN(subscription.topic, ParseName(sdk::View(c->topic)));
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
  MOLVA_ASSIGN_OR_RETURN(message.topic, ParseName(sdk::View(c->topic)));
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
  MOLVA_ASSIGN_OR_RETURN(deletion.topic, ParseName(sdk::View(c->topic)));
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
  auth.level = StoredLevel(c->level);
  auth.secret = sdk::Copy(c->secret);
  auth.expires = ToOptionalTime(c->expires);
  return auth;
}

absl::StatusOr<store::CredentialRecord> From(const molva_credential* c) {
  if (c == nullptr) return Missing("credential");
  store::CredentialRecord credential;
  credential.user = UserId::FromBits(c->user);
  credential.method = sdk::Copy(c->method);
  credential.value = sdk::Copy(c->value);
  credential.is_done = c->done != 0;
  credential.response = sdk::Copy(c->response);
  credential.retries = c->retries;
  credential.created = ToTime(c->created);
  credential.updated = ToTime(c->updated);
  return credential;
}

absl::StatusOr<store::DeviceRecord> From(const molva_device_record* c) {
  if (c == nullptr) return Missing("device");
  store::DeviceRecord device;
  device.user = UserId::FromBits(c->user);
  device.id = sdk::Copy(c->id);
  device.platform = sdk::Copy(c->platform);
  device.language = sdk::Copy(c->language);
  device.last_seen = ToTime(c->last_seen);
  return device;
}

absl::StatusOr<store::FileRecord> From(const molva_file* c) {
  if (c == nullptr) return Missing("file");
  if (c->id == 0) return Impossible("file", 0);
  if (c->size < 0) return Impossible("file", c->size);
  store::FileRecord file;
  file.id = model::FileId::FromBits(c->id);
  // What is unknown is not to be served.
  file.status = c->status == MOLVA_FILE_STARTED ? store::FileStatus::kStarted
                : c->status == MOLVA_FILE_DONE  ? store::FileStatus::kDone
                                                : store::FileStatus::kCondemned;
  file.user = UserId::FromBits(c->user);
  file.mime = sdk::Copy(c->mime);
  file.location = sdk::Copy(c->location);
  file.etag = sdk::Copy(c->etag);
  file.size_bytes = c->size;
  file.created = ToTime(c->created);
  return file;
}

absl::StatusOr<store::UidRecord> From(const molva_uid* c) {
  if (c == nullptr) return Missing("uid");
  store::UidRecord uid;
  MOLVA_ASSIGN_OR_RETURN(uid.topic, ParseName(sdk::View(c->topic)));
  if (c->seq <= 0) return Impossible("uid", c->seq);
  uid.seq = c->seq;
  uid.user = UserId::FromBits(c->user);
  uid.uid = sdk::Copy(c->uid);
  return uid;
}

absl::StatusOr<store::DueRecord> From(const molva_due* c) {
  if (c == nullptr) return Missing("due");
  store::DueRecord due;
  MOLVA_ASSIGN_OR_RETURN(due.topic, ParseName(sdk::View(c->topic)));
  if (c->seq <= 0) return Impossible("due", c->seq);
  due.seq = c->seq;
  due.when = ToTime(c->when);
  return due;
}

absl::StatusOr<store::ReactionRecord> From(const molva_reaction* c) {
  if (c == nullptr) return Missing("reaction");
  store::ReactionRecord reaction;
  MOLVA_ASSIGN_OR_RETURN(reaction.topic, ParseName(sdk::View(c->topic)));
  if (c->seq <= 0) return Impossible("reaction", c->seq);
  reaction.seq = c->seq;
  reaction.user = UserId::FromBits(c->user);
  reaction.sign = sdk::Copy(c->sign);
  reaction.created = ToTime(c->created);
  return reaction;
}

absl::StatusOr<store::LaneRecord> From(const molva_lane* c) {
  if (c == nullptr) return Missing("lane");
  store::LaneRecord lane;
  MOLVA_ASSIGN_OR_RETURN(lane.topic, ParseName(sdk::View(c->topic)));
  if (c->n < 0) return Impossible("lane", c->n);
  lane.lane = sdk::Copy(c->lane);
  lane.n = c->n;
  lane.hash = sdk::Copy(c->hash);
  lane.note = sdk::Copy(c->note);
  return lane;
}

absl::StatusOr<store::EntryRecord> From(const molva_entry* c) {
  if (c == nullptr) return Missing("entry");
  store::EntryRecord entry;
  MOLVA_ASSIGN_OR_RETURN(entry.topic, ParseName(sdk::View(c->topic)));
  if (c->n <= 0) return Impossible("entry", c->n);
  entry.lane = sdk::Copy(c->lane);
  entry.n = c->n;
  entry.body = sdk::Copy(c->body);
  entry.proof = sdk::Copy(c->proof);
  entry.cause = sdk::Copy(c->cause);
  entry.cause_proof = sdk::Copy(c->cause_proof);
  entry.payload = sdk::Copy(c->payload);
  entry.seq = c->seq;
  return entry;
}

absl::StatusOr<store::DeliveryRecord> From(const molva_delivery* c) {
  if (c == nullptr) return Missing("delivery");
  store::DeliveryRecord delivery;
  MOLVA_ASSIGN_OR_RETURN(delivery.topic, ParseName(sdk::View(c->topic)));
  if (c->peer.size == 0) return Missing("peer");
  if (c->acked < 0 || c->acked > c->through) return Impossible("delivery", c->acked);
  delivery.peer = sdk::Copy(c->peer);
  delivery.lane = sdk::Copy(c->lane);
  delivery.through = c->through;
  delivery.acked = c->acked;
  return delivery;
}

}  // namespace molva::plugin
