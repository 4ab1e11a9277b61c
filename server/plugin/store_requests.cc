#include "plugin/store_requests.h"

#include <algorithm>

#include "plugin/lane_changes.h"
#include "plugin/message_changes.h"

namespace molva::plugin {
namespace {

using model::UserId;

molva_expect ToC(store::Expect expect) {
  switch (expect) {
    case store::Expect::kAnything:
      return MOLVA_EXPECT_ANYTHING;
    case store::Expect::kAbsent:
      return MOLVA_EXPECT_ABSENT;
    case store::Expect::kPresent:
      break;
  }
  return MOLVA_EXPECT_PRESENT;
}

const molva_range* ToC(const std::vector<model::SeqRange>& ranges, Arena& arena) {
  molva_range* out = arena.MakeArray<molva_range>(ranges.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) out[i] = {ranges[i].low, ranges[i].hi};
  return out;
}

molva_user* ToC(const store::UserRecord& user, Arena& arena) {
  auto* c = arena.Make<molva_user>();
  c->id = user.id.bits();
  c->state = static_cast<std::uint32_t>(user.state);
  c->created = ToMillis(user.created);
  c->updated = ToMillis(user.updated);
  c->last_seen = ToMillis(user.last_seen);
  c->access_auth = user.access.auth.bits();
  c->access_anon = user.access.anon.bits();
  c->user_agent = sdk::Text(user.user_agent);
  c->public_card = sdk::Text(user.public_card.text);
  c->trusted = sdk::Text(user.trusted.text);
  c->tags = arena.List(user.tags);
  c->origin = sdk::Text(user.origin);
  return c;
}

molva_topic* ToC(const store::TopicRecord& topic, Arena& arena) {
  auto* c = arena.Make<molva_topic>();
  c->name = arena.Keep(topic.name.ToString());
  c->state = static_cast<std::uint32_t>(topic.state);
  c->created = ToMillis(topic.created);
  c->updated = ToMillis(topic.updated);
  c->owner = topic.owner.bits();
  c->access_auth = topic.access.auth.bits();
  c->access_anon = topic.access.anon.bits();
  c->is_channel = topic.is_channel ? 1 : 0;
  c->del_id = topic.del_id;
  c->public_card = sdk::Text(topic.public_card.text);
  c->trusted = sdk::Text(topic.trusted.text);
  c->aux = arena.Keep(model::JsonObject(topic.aux).text);
  c->tags = arena.List(topic.tags);
  if (topic.name.kind() == model::TopicKind::kP2p) {
    const UserId first = topic.name.user();
    c->parties[0] = first.bits();
    c->parties[1] = topic.name.PeerOf(first).bits();
  }
  c->home = sdk::Text(topic.home);
  c->origin = sdk::Text(topic.origin);
  return c;
}

molva_subscription* ToC(const store::SubscriptionRecord& subscription, Arena& arena) {
  auto* c = arena.Make<molva_subscription>();
  c->topic = arena.Keep(subscription.topic.ToString());
  c->user = subscription.user.bits();
  c->is_reader = subscription.is_reader ? 1 : 0;
  c->created = ToMillis(subscription.created);
  c->updated = ToMillis(subscription.updated);
  c->deleted = ToMillis(subscription.deleted);
  c->del_id = subscription.del_id;
  c->recv = subscription.recv;
  c->read = subscription.read;
  c->want = subscription.want.bits();
  c->given = subscription.given.bits();
  c->private_note = sdk::Text(subscription.private_note.text);
  return c;
}

molva_key* MakeKey(Arena& arena) { return arena.Make<molva_key>(); }

Change ToChange(const store::PutUser& put, absl::Time, Arena& arena) {
  return {MOLVA_PUT_USER, ToC(put.expect), ToC(put.user, arena)};
}

Change ToChange(const store::PutLastSeen& put, absl::Time, Arena& arena) {
  auto* c = arena.Make<molva_user>();
  c->id = put.user.bits();
  c->last_seen = ToMillis(put.when);
  c->user_agent = sdk::Text(put.user_agent);
  return {MOLVA_PUT_LAST_SEEN, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::PutTopic& put, absl::Time, Arena& arena) {
  return {MOLVA_PUT_TOPIC, ToC(put.expect), ToC(put.topic, arena)};
}

Change ToChange(const store::EraseTopic& erase, absl::Time now, Arena& arena) {
  molva_key* key = MakeKey(arena);
  key->topic = arena.Keep(erase.topic.ToString());
  key->when = ToMillis(now);
  return {erase.hard ? static_cast<molva_change_kind>(MOLVA_ERASE_TOPIC)
                     : static_cast<molva_change_kind>(MOLVA_HIDE_TOPIC),
          MOLVA_EXPECT_ANYTHING, key};
}

Change ToChange(const store::PutSubscription& put, absl::Time, Arena& arena) {
  return {MOLVA_PUT_SUBSCRIPTION, ToC(put.expect), ToC(put.subscription, arena)};
}

Change ToChange(const store::RaiseMarks& raise, absl::Time, Arena& arena) {
  auto* c = arena.Make<molva_subscription>();
  c->topic = arena.Keep(raise.topic.ToString());
  c->user = raise.user.bits();
  c->is_reader = raise.is_reader ? 1 : 0;
  c->recv = raise.recv;
  c->read = raise.read;
  return {MOLVA_RAISE_MARKS, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::AppendMessage& append, absl::Time, Arena& arena) {
  const store::MessageRecord& message = append.message;
  auto* c = arena.Make<molva_message>();
  c->topic = arena.Keep(message.topic.ToString());
  c->seq = message.seq;
  c->created = ToMillis(message.created);
  c->from = message.from.bits();
  if (!message.head.empty()) c->head = arena.Keep(model::JsonObject(message.head).text);
  c->content = sdk::Text(message.content.text);
  c->epoch = append.epoch;
  return {MOLVA_APPEND_MESSAGE, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::PutDeletion& put, absl::Time, Arena& arena) {
  const store::DeletionRecord& deletion = put.deletion;
  auto* c = arena.Make<molva_deletion>();
  c->topic = arena.Keep(deletion.topic.ToString());
  c->user = deletion.user.bits();
  c->del_id = deletion.del_id;
  c->ranges = ToC(deletion.ranges, arena);
  c->range_count = deletion.ranges.size();
  return {MOLVA_PUT_DELETION, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::EraseUserDeletions& erase, absl::Time, Arena& arena) {
  molva_key* key = MakeKey(arena);
  key->topic = arena.Keep(erase.topic.ToString());
  key->user = erase.user.bits();
  return {MOLVA_ERASE_DELETIONS, MOLVA_EXPECT_ANYTHING, key};
}

Change ToChange(const store::PutAuth& put, absl::Time, Arena& arena) {
  molva_auth_record* auth = plugin::ToC(put.auth, arena);
  auth->former = sdk::Text(put.former);
  return {MOLVA_PUT_AUTH, ToC(put.expect), auth};
}

Change ToChange(const store::EraseAuth& erase, absl::Time, Arena& arena) {
  molva_key* key = MakeKey(arena);
  key->scheme = sdk::Text(erase.scheme);
  key->key = sdk::Text(erase.unique);
  return {MOLVA_ERASE_AUTH, MOLVA_EXPECT_ANYTHING, key};
}

Change ToChange(const store::PutCredential& put, absl::Time, Arena& arena) {
  const store::CredentialRecord& credential = put.credential;
  auto* c = arena.Make<molva_credential>();
  c->done = credential.is_done ? 1 : 0;
  c->user = credential.user.bits();
  c->method = sdk::Text(credential.method);
  c->value = sdk::Text(credential.value);
  c->response = sdk::Text(credential.response);
  c->retries = credential.retries;
  c->created = ToMillis(credential.created);
  c->updated = ToMillis(credential.updated);
  return {MOLVA_PUT_CREDENTIAL, ToC(put.expect), c};
}

Change ToChange(const store::EraseCredential& erase, absl::Time, Arena& arena) {
  molva_key* key = MakeKey(arena);
  key->user = erase.user.bits();
  key->scheme = sdk::Text(erase.method);
  key->key = sdk::Text(erase.value);
  return {MOLVA_ERASE_CREDENTIAL, MOLVA_EXPECT_ANYTHING, key};
}

Change ToChange(const store::PutDevice& put, absl::Time, Arena& arena) {
  auto* c = arena.Make<molva_device_record>();
  c->user = put.device.user.bits();
  c->id = sdk::Text(put.device.id);
  c->platform = sdk::Text(put.device.platform);
  c->language = sdk::Text(put.device.language);
  c->last_seen = ToMillis(put.device.last_seen);
  return {MOLVA_PUT_DEVICE, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::EraseDevice& erase, absl::Time, Arena& arena) {
  auto* c = arena.Make<molva_device_record>();
  c->user = erase.user.bits();
  c->id = sdk::Text(erase.id);
  return {MOLVA_ERASE_DEVICE, ToC(erase.expect), c};
}

Change ToChange(const store::PutFile& put, absl::Time, Arena& arena) {
  const store::FileRecord& file = put.file;
  auto* c = arena.Make<molva_file>();
  c->status = static_cast<std::uint32_t>(file.status);
  c->id = file.id.bits();
  c->user = file.user.bits();
  c->mime = sdk::Text(file.mime);
  c->location = sdk::Text(file.location);
  c->etag = sdk::Text(file.etag);
  c->size = file.size_bytes;
  c->created = ToMillis(file.created);
  return {MOLVA_PUT_FILE, ToC(put.expect), c};
}

Change ToChange(const store::EraseFile& erase, absl::Time, Arena& arena) {
  auto* c = arena.Make<molva_file>();
  c->id = erase.file.bits();
  return {MOLVA_ERASE_FILE, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::CondemnFile& condemn, absl::Time, Arena& arena) {
  auto* c = arena.Make<molva_file>();
  c->id = condemn.file.bits();
  return {MOLVA_CONDEMN_FILE, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::LinkFiles& link, absl::Time, Arena& arena) {
  auto* c = arena.Make<molva_file_links>();
  c->seq = link.seq;
  c->user = link.user.bits();
  if (link.topic.has_value()) c->topic = arena.Keep(link.topic->ToString());
  auto* files = arena.MakeArray<std::uint64_t>(link.files.size());
  for (std::size_t i = 0; i < link.files.size(); ++i) files[i] = link.files[i].bits();
  c->files = files;
  c->file_count = link.files.size();
  return {MOLVA_LINK_FILES, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::EraseUser& erase, absl::Time, Arena& arena) {
  molva_key* key = MakeKey(arena);
  key->user = erase.user.bits();
  return {MOLVA_ERASE_USER, MOLVA_EXPECT_ANYTHING, key};
}

Change ToChange(const store::PutValue& put, absl::Time, Arena& arena) {
  molva_key* key = MakeKey(arena);
  key->key = sdk::Text(put.key);
  key->value = sdk::Text(put.value);
  return {MOLVA_PUT_VALUE, ToC(put.expect), key};
}

Change ToChange(const store::EraseValue& erase, absl::Time, Arena& arena) {
  molva_key* key = MakeKey(arena);
  key->key = sdk::Text(erase.key);
  return {MOLVA_ERASE_VALUE, MOLVA_EXPECT_ANYTHING, key};
}

Change ToChange(const store::EnsureUser& ensure, absl::Time, Arena& arena) {
  return {MOLVA_ENSURE_USER, MOLVA_EXPECT_ANYTHING, ToC(ensure.user, arena)};
}

std::uint32_t NeededMinor(const Change& change) {
  switch (change.kind) {
    case MOLVA_PUT_USER:
      return static_cast<const molva_user*>(change.body)->origin.size > 0 ? 1 : 0;
    case MOLVA_PUT_TOPIC: {
      const auto* topic = static_cast<const molva_topic*>(change.body);
      return topic->home.size + topic->origin.size > 0 ? 1 : 0;
    }
    default:
      if (change.kind >= MOLVA_PUT_FILE) return 3;
      if (change.kind >= MOLVA_PUT_CREDENTIAL) return 2;
      return change.kind >= MOLVA_ENSURE_USER ? 1 : 0;
  }
}

}  // namespace

std::int64_t ToMillis(const std::optional<absl::Time>& time) {
  return time.has_value() ? ToMillis(*time) : MOLVA_NO_TIME;
}

molva_auth_record* ToC(const store::AuthRecord& auth, Arena& arena) {
  auto* c = arena.Make<molva_auth_record>();
  c->scheme = sdk::Text(auth.scheme);
  c->unique = sdk::Text(auth.unique);
  c->user = auth.user.bits();
  c->level = static_cast<std::uint32_t>(auth.level);
  c->secret = sdk::Text(auth.secret);
  c->expires = ToMillis(auth.expires);
  return c;
}

BatchRequest::BatchRequest(store::Batch batch, absl::Time now, std::uint32_t caller,
                           std::uint64_t token)
    : batch_(std::move(batch)), c_(sdk::Sized<molva_batch>()) {
  molva_change* changes = arena_.MakeArray<molva_change>(batch_.size());
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    const Change change =
        std::visit([this, now](const auto& one) { return ToChange(one, now, arena_); }, batch_[i]);
    changes[i] = {sizeof(molva_change), change.kind, change.expect, 0, change.body};
    needed_minor_ = std::max(needed_minor_, NeededMinor(change));
  }
  c_.caller = caller;
  c_.token = token;
  c_.changes = changes;
  c_.change_count = batch_.size();
}

std::uint32_t NeededMinor(molva_query_kind kind) {
  if (kind >= MOLVA_FIND_FILE) return 3;
  if (kind >= MOLVA_LIST_CREDENTIALS) return 2;
  return kind >= MOLVA_LIST_VALUES ? 1 : 0;
}

void QueryRequest::SetRanges(const std::vector<model::SeqRange>& ranges) {
  c.ranges = ToC(ranges, arena);
  c.range_count = ranges.size();
}

molva_texts QueryRequest::KeepList(const std::vector<std::string>& texts) {
  molva_text* items = arena.MakeArray<molva_text>(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) items[i] = arena.Keep(texts[i]);
  return {items, texts.size()};
}

void QueryRequest::SetPhrases(const std::vector<store::Phrase>& phrases) {
  molva_texts* required = arena.MakeArray<molva_texts>(phrases.size());
  for (std::size_t i = 0; i < phrases.size(); ++i) {
    std::vector<std::string> words = phrases[i].words;
    if (phrases[i].end == store::Phrase::End::kPrefix) words.emplace_back();
    required[i] = KeepList(words);
  }
  c.required = required;
  c.required_count = phrases.size();
}

void QueryRequest::SetTags(const store::TagQuery& query) {
  molva_texts* required = arena.MakeArray<molva_texts>(query.required.size());
  for (std::size_t i = 0; i < query.required.size(); ++i) required[i] = KeepList(query.required[i]);
  c.required = required;
  c.required_count = query.required.size();
  c.optional = KeepList(query.optional);
  SetUser(query.asker);
  c.limit = query.limit;
}

}  // namespace molva::plugin
