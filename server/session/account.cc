#include "session/account.h"

#include "base/time_text.h"
#include "topic/access_rules.h"
#include "topic/tags.h"

namespace molva::session {
namespace {

using model::AccessMode;

// What cannot be read, or grants ownership, is as if it were not there.
AccessMode DefaultFrom(const std::string& text, AccessMode fallback, AccessMode most) {
  const absl::StatusOr<AccessMode> mode = AccessMode::Parse(text);
  if (!mode.ok() || !mode->is_set()) return fallback;
  if (*mode == AccessMode::None()) return *mode;
  return (*mode & most).With(AccessMode::kApprove);
}

model::RawJson Fresh(const model::RawJson& json) {
  model::RawJson value;
  model::MergeJson(value, json);  // drops clear marks and nulls
  return value;
}

store::SubscriptionRecord OwnSubscription(const store::UserRecord& user, model::TopicName topic) {
  store::SubscriptionRecord record;
  record.topic = topic;
  record.user = user.id;
  record.created = record.updated = user.created;
  record.want = record.given = model::access::kSelf;
  return record;
}

}  // namespace

absl::StatusOr<NewAccount> MakeAccount(const model::Acc& acc, const auth::NewAuth& prepared,
                                       model::UserId id, absl::Time now, const SessionEnv& env) {
  NewAccount account;
  account.level = prepared.level;
  store::UserRecord& user = account.user;
  user.id = id;
  user.created = user.updated = now;
  const AccessMode most = topic::AccountDefault(env.topic_limits.most_in_p2p);
  user.access = {most, AccessMode::None()};
  if (acc.desc.has_value()) {
    user.public_card = Fresh(acc.desc->public_card);
    account.private_note = Fresh(acc.desc->private_note);
    if (acc.desc->default_access.has_value()) {
      user.access.auth = DefaultFrom(acc.desc->default_access->auth, user.access.auth, most);
      user.access.anon = DefaultFrom(acc.desc->default_access->anon, user.access.anon, most);
    }
  }
  user.tags = topic::NormaliseTags(acc.tags, env.topic_limits);
  if (topic::HasReservedTag(user.tags, env.authenticator.ReservedTagNamespaces()) ||
      topic::HasReservedTag(user.tags, env.credentials.registry().ReservedTagNamespaces())) {
    return model::Fail(model::Fault::kPermissionDenied, "a reserved tag");
  }
  user.tags.insert(user.tags.end(), prepared.tags.begin(), prepared.tags.end());
  std::sort(user.tags.begin(), user.tags.end());
  return account;
}

store::Batch BatchFor(const NewAccount& account, const auth::NewAuth& prepared) {
  store::Batch batch;
  batch.emplace_back(store::PutUser{account.user, store::Expect::kAbsent});
  if (prepared.stores_record) {
    store::AuthRecord record = prepared.record;
    record.user = account.user.id;
    batch.emplace_back(store::PutAuth{std::move(record), store::Expect::kAbsent});
  }
  store::SubscriptionRecord me =
      OwnSubscription(account.user, model::TopicName::Me(account.user.id));
  me.private_note = account.private_note;
  batch.emplace_back(store::PutSubscription{std::move(me)});
  batch.emplace_back(store::PutSubscription{
      OwnSubscription(account.user, model::TopicName::Fnd(account.user.id))});
  return batch;
}

model::RawJson DescribeAccount(const NewAccount& account) {
  std::string created;
  base::AppendTime(created, account.user.created);
  model::JsonFields desc{
      {"created", model::JsonText(created)},
      {"updated", model::JsonText(created)},
      {"defacs",
       model::JsonObject({{"auth", model::JsonText(account.user.access.auth.ToString())},
                          {"anon", model::JsonText(account.user.access.anon.ToString())}})}};
  if (!account.user.public_card.empty()) desc.emplace_back("public", account.user.public_card);
  if (!account.private_note.empty()) desc.emplace_back("private", account.private_note);
  return model::JsonObject(desc);
}

}  // namespace molva::session
