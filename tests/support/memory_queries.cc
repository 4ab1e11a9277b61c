#include <algorithm>
#include <set>

#include "tests/support/memory_database.h"

namespace molva::test {

using model::SeqRange;
using model::TopicKind;
using model::TopicName;
using model::UserId;
using store::State;

namespace {

// Alias tags are unique, so that a hit on one is nearly certainly meant.
constexpr int kAliasWeight = 20;

int RankOf(const std::vector<std::string>& matched) {
  int rank = 0;
  for (const std::string& tag : matched) rank += tag.starts_with("alias:") ? kAliasWeight : 1;
  return rank;
}

bool HasAny(const std::vector<std::string>& tags, const store::TagAlternatives& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&tags](const std::string& tag) {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
  });
}

// The tags that answer `query`, sorted; empty if it does not match.
std::vector<std::string> Match(const store::TagQuery& query, const std::vector<std::string>& tags) {
  std::set<std::string> wanted(query.optional.begin(), query.optional.end());
  for (const store::TagAlternatives& alternatives : query.required) {
    if (!HasAny(tags, alternatives)) return {};
    wanted.insert(alternatives.begin(), alternatives.end());
  }
  std::set<std::string> matched;
  for (const std::string& tag : tags) {
    if (wanted.contains(tag)) matched.insert(tag);
  }
  return {matched.begin(), matched.end()};
}

struct Ranked {
  int rank;
  std::int32_t subscriber_count;
  std::string name;
  store::TagHit hit;
};

bool IsBefore(const Ranked& a, const Ranked& b) {
  if (a.rank != b.rank) return a.rank > b.rank;
  if (a.subscriber_count != b.subscriber_count) return a.subscriber_count > b.subscriber_count;
  return a.name < b.name;
}

}  // namespace

store::TopicRecord MemoryDatabase::Derive(const Topic& topic) {
  store::TopicRecord record = *topic.record;
  record.seq = topic.messages.empty() ? 0 : topic.messages.rbegin()->first;
  record.touched =
      topic.messages.empty() ? record.updated : topic.messages.rbegin()->second.record.created;
  record.subscriber_count = static_cast<std::int32_t>(
      std::count_if(topic.subscriptions.begin(), topic.subscriptions.end(),
                    [](const auto& entry) { return !entry.second.deleted.has_value(); }));
  return record;
}

store::UserRecord MemoryDatabase::CardOf(UserId id) const {
  const auto at = users_.find(id);
  if (at != users_.end()) return at->second;
  store::UserRecord unknown;
  unknown.id = id;
  return unknown;
}

std::vector<SeqRange> MemoryDatabase::HiddenFrom(const Topic& topic, UserId user) const {
  std::vector<SeqRange> hidden;
  if (user.is_nobody()) return hidden;
  for (const auto& [key, deletion] : topic.deletions) {
    if (key.first != user) continue;
    hidden.insert(hidden.end(), deletion.ranges.begin(), deletion.ranges.end());
  }
  return model::NormaliseRanges(std::move(hidden));
}

std::optional<store::UserRecord> MemoryDatabase::FindUser(UserId id) const {
  const auto at = users_.find(id);
  if (at == users_.end() || at->second.state == State::kDeleted) return std::nullopt;
  return at->second;
}

std::optional<store::TopicRecord> MemoryDatabase::FindTopic(TopicName name) const {
  const Topic* topic = Find(name);
  if (topic == nullptr || !topic->record.has_value()) return std::nullopt;
  return Derive(*topic);
}

std::vector<store::SubscriptionRecord> MemoryDatabase::ListSubscriptions(TopicName name) const {
  std::vector<store::SubscriptionRecord> found;
  const Topic* topic = Find(name);
  if (topic == nullptr) return found;
  for (const auto& [key, subscription] : topic->subscriptions) {
    if (!subscription.is_reader) found.push_back(subscription);
  }
  return found;
}

std::optional<store::SubscriptionRecord> MemoryDatabase::FindSubscription(TopicName name,
                                                                          UserId user,
                                                                          bool is_reader) const {
  const Topic* topic = Find(name);
  if (topic == nullptr) return std::nullopt;
  const auto at = topic->subscriptions.find(SubscriberKey(user, is_reader));
  if (at == topic->subscriptions.end()) return std::nullopt;
  return at->second;
}

std::vector<store::Member> MemoryDatabase::ListMembers(TopicName name) const {
  std::vector<store::Member> members;
  for (store::SubscriptionRecord& subscription : ListSubscriptions(name)) {
    store::UserRecord card = CardOf(subscription.user);
    members.push_back({std::move(subscription), std::move(card)});
  }
  return members;
}

std::vector<store::Contact> MemoryDatabase::ListContacts(UserId user) const {
  std::vector<store::Contact> contacts;
  for (const auto& [name, topic] : topics_) {
    if (name.kind() == TopicKind::kMe || name.kind() == TopicKind::kFnd) continue;
    if (!topic.record.has_value()) continue;
    for (const bool is_reader : {false, true}) {
      const auto at = topic.subscriptions.find(SubscriberKey(user, is_reader));
      if (at == topic.subscriptions.end()) continue;
      store::Contact contact{at->second, Derive(topic), std::nullopt};
      const auto peer = users_.find(name.PeerOf(user));
      if (peer != users_.end()) {
        contact.peer = peer->second;
        contact.topic.public_card = peer->second.public_card;
        contact.topic.trusted = peer->second.trusted;
        contact.topic.updated = std::max(contact.topic.updated, peer->second.updated);
        contact.topic.state = peer->second.state;
      }
      contacts.push_back(std::move(contact));
    }
  }
  return contacts;
}

std::vector<store::MessageRecord> MemoryDatabase::ListMessages(
    const store::MessageQuery& query) const {
  std::vector<store::MessageRecord> found;
  const Topic* topic = Find(query.topic);
  if (topic == nullptr) return found;
  const std::vector<SeqRange> hidden = HiddenFrom(*topic, query.reader);
  for (auto at = topic->messages.rbegin(); at != topic->messages.rend(); ++at) {
    if (static_cast<std::int64_t>(found.size()) >= query.limit) break;
    if (at->second.is_wiped || model::RangesContain(hidden, at->first)) continue;
    if (!query.ranges.empty() && !model::RangesContain(query.ranges, at->first)) continue;
    found.push_back(at->second.record);
  }
  return found;
}

std::vector<store::DeletionRecord> MemoryDatabase::ListDeletions(
    const store::DeletionQuery& query) const {
  std::vector<store::DeletionRecord> found;
  const Topic* topic = Find(query.topic);
  if (topic == nullptr) return found;
  for (const auto& [key, deletion] : topic->deletions) {
    if (!deletion.user.is_nobody() && deletion.user != query.reader) continue;
    if (deletion.del_id < query.since) continue;
    if (query.before > 0 && deletion.del_id >= query.before) continue;
    found.push_back(deletion);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.del_id < b.del_id; });
  const std::size_t limit = query.limit > 0 ? static_cast<std::size_t>(query.limit) : 0;
  if (found.size() > limit) found.resize(limit);
  return found;
}

std::optional<store::AuthRecord> MemoryDatabase::FindAuth(const std::string& scheme,
                                                          const std::string& unique) const {
  const auto at = auths_.find(AuthKey(scheme, unique));
  if (at == auths_.end()) return std::nullopt;
  return at->second;
}

std::optional<store::AuthRecord> MemoryDatabase::FindAuthOfUser(const std::string& scheme,
                                                                UserId user) const {
  for (const auto& [key, auth] : auths_) {
    if (key.first == scheme && auth.user == user) return auth;
  }
  return std::nullopt;
}

std::vector<store::CredentialRecord> MemoryDatabase::ListCredentials(model::UserId user) const {
  std::vector<store::CredentialRecord> found;
  for (const auto& [key, credential] : credentials_) {
    if (credential.user == user) found.push_back(credential);
  }
  return found;
}

std::optional<store::CredentialRecord> MemoryDatabase::FindCredential(
    const std::string& method, const std::string& value) const {
  for (const auto& [key, credential] : credentials_) {
    if (credential.is_done && credential.method == method && credential.value == value) {
      return credential;
    }
  }
  return std::nullopt;
}

std::vector<store::TagHit> MemoryDatabase::FindByTags(const store::TagQuery& query) const {
  std::vector<Ranked> ranked;
  for (const auto& [id, user] : users_) {
    if (id == query.asker || user.state != State::kOk) continue;
    std::vector<std::string> matched = Match(query, user.tags);
    if (matched.empty()) continue;
    const int rank = RankOf(matched);
    ranked.push_back({rank, 0, id.ToString(), {user, std::move(matched)}});
  }
  for (const auto& [name, topic] : topics_) {
    if (!topic.record.has_value() || topic.record->state != State::kOk) continue;
    std::vector<std::string> matched = Match(query, topic.record->tags);
    if (matched.empty()) continue;
    const int rank = RankOf(matched);
    store::TopicRecord record = Derive(topic);
    const std::int32_t count = record.subscriber_count;
    ranked.push_back({rank, count, name.ToString(), {std::move(record), std::move(matched)}});
  }
  std::sort(ranked.begin(), ranked.end(), IsBefore);
  std::vector<store::TagHit> hits;
  for (Ranked& one : ranked) {
    if (static_cast<std::int64_t>(hits.size()) >= query.limit) break;
    hits.push_back(std::move(one.hit));
  }
  return hits;
}

std::optional<std::string> MemoryDatabase::FindValue(const std::string& key) const {
  const auto at = values_.find(key);
  if (at == values_.end()) return std::nullopt;
  return at->second;
}

}  // namespace molva::test
