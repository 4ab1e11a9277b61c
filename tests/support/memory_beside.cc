// What MemoryDatabase keeps beside messages: uids, dues and reactions.
#include <algorithm>

#include "tests/support/memory_database.h"

namespace molva::test {
namespace {

template <typename Record>
void Cut(std::vector<Record>& records, std::int32_t limit) {
  const auto most = static_cast<std::size_t>(std::max(limit, 0));
  if (records.size() > most) records.resize(most);
}

}  // namespace

absl::Status MemoryDatabase::ApplyOne(const store::PutUid& put, absl::Time) {
  Topic& topic = Entry(put.uid.topic);
  if (!topic.record.has_value()) return absl::OkStatus();
  Remember(topic.uids, put.uid.seq);
  topic.uids.insert_or_assign(put.uid.seq, put.uid);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::EraseUids& erase, absl::Time) {
  Topic& topic = Entry(erase.topic);
  undo_.push_back([&topic, former = topic.uids] { topic.uids = former; });
  topic.uids.erase(topic.uids.begin(), topic.uids.upper_bound(erase.through));
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::PutDue& put, absl::Time) {
  Topic& topic = Entry(put.due.topic);
  if (!topic.record.has_value()) return absl::OkStatus();
  Remember(topic.dues, put.due.seq);
  topic.dues.insert_or_assign(put.due.seq, put.due);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::PutReaction& put, absl::Time) {
  Topic& topic = Entry(put.reaction.topic);
  if (!topic.record.has_value()) return absl::OkStatus();
  const auto message = topic.messages.find(put.reaction.seq);
  if (message == topic.messages.end() || message->second.is_wiped) return absl::OkStatus();
  const ReactionKey key(put.reaction.seq, put.reaction.user, put.reaction.sign);
  Remember(topic.reactions, key);
  topic.reactions.insert_or_assign(key, put.reaction);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::EraseReaction& erase, absl::Time) {
  Topic& topic = Entry(erase.reaction.topic);
  const ReactionKey key(erase.reaction.seq, erase.reaction.user, erase.reaction.sign);
  Remember(topic.reactions, key);
  topic.reactions.erase(key);
  return absl::OkStatus();
}

void MemoryDatabase::EraseBeside(Topic& topic, const model::SeqRange& range) {
  undo_.push_back([&topic, former = topic.dues] { topic.dues = former; });
  topic.dues.erase(topic.dues.lower_bound(range.low), topic.dues.lower_bound(range.hi));
  EraseWords(topic, range);
  EraseReactions(topic,
                 [&](const auto& one) { return one.seq >= range.low && one.seq < range.hi; });
}

void MemoryDatabase::EraseReactions(
    Topic& topic, const std::function<bool(const store::ReactionRecord&)>& is_gone) {
  undo_.push_back([&topic, former = topic.reactions] { topic.reactions = former; });
  std::erase_if(topic.reactions, [&](const auto& entry) { return is_gone(entry.second); });
}

std::vector<store::UidRecord> MemoryDatabase::ListUids(model::TopicName name,
                                                       std::int32_t limit) const {
  std::vector<store::UidRecord> found;
  const Topic* topic = Find(name);
  if (topic == nullptr) return found;
  for (auto at = topic->uids.rbegin(); at != topic->uids.rend(); ++at) found.push_back(at->second);
  Cut(found, limit);
  return found;
}

std::vector<store::DueRecord> MemoryDatabase::ListDue(const std::optional<model::TopicName>& of,
                                                      absl::Time before, std::int32_t limit) const {
  std::vector<store::DueRecord> found;
  for (const auto& [name, topic] : topics_) {
    if (of.has_value() && name != *of) continue;
    for (const auto& [seq, due] : topic.dues) {
      if (due.when < before) found.push_back(due);
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& one, const auto& other) {
    return std::tuple(one.when, one.topic.ToString(), one.seq) <
           std::tuple(other.when, other.topic.ToString(), other.seq);
  });
  Cut(found, limit);
  return found;
}

std::vector<store::ReactionRecord> MemoryDatabase::ListReactions(
    const store::ReactionQuery& query) const {
  std::vector<store::ReactionRecord> found;
  const Topic* topic = Find(query.topic);
  if (topic == nullptr) return found;
  for (const auto& [key, reaction] : topic->reactions) {
    const bool is_wanted =
        query.ranges.empty() ||
        std::any_of(query.ranges.begin(), query.ranges.end(), [&](const model::SeqRange& range) {
          return reaction.seq >= range.low && reaction.seq < range.hi;
        });
    if (is_wanted) found.push_back(reaction);
  }
  std::sort(found.begin(), found.end(), [](const auto& one, const auto& other) {
    return std::tuple(one.seq, one.created, static_cast<std::int64_t>(one.user.bits()), one.sign) <
           std::tuple(other.seq, other.created, static_cast<std::int64_t>(other.user.bits()),
                      other.sign);
  });
  Cut(found, query.limit);
  return found;
}

}  // namespace molva::test
