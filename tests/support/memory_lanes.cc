// What MemoryDatabase keeps for federation: lanes, entries, deliveries, foreign names.
#include <algorithm>

#include "model/raw_json.h"
#include "tests/support/memory_database.h"

namespace molva::test {

using model::TopicName;

namespace {

std::size_t LimitOf(std::int32_t limit) { return limit > 0 ? static_cast<std::size_t>(limit) : 0; }

std::int64_t TextBytes(const store::StoredEntry& stored) {
  const store::EntryRecord& entry = stored.entry;
  std::size_t bytes = entry.body.size() + entry.proof.size() + entry.cause.size() +
                      entry.cause_proof.size() + entry.payload.size();
  if (stored.message.has_value()) {
    bytes +=
        model::JsonObject(stored.message->head).text.size() + stored.message->content.text.size();
  }
  return static_cast<std::int64_t>(bytes);
}

}  // namespace

absl::Status MemoryDatabase::ApplyOne(const store::EnsureUser& ensure, absl::Time) {
  if (users_.contains(ensure.user.id)) return absl::OkStatus();
  Remember(users_, ensure.user.id);
  users_.insert_or_assign(ensure.user.id, ensure.user);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::AppendEntry& append, absl::Time) {
  const store::EntryRecord& entry = append.entry;
  const LaneKey key(entry.topic, entry.lane);
  const auto at = lanes_.find(key);
  const std::int64_t last = at == lanes_.end() ? 0 : at->second.n;
  if (entry.n != last + 1) return absl::AbortedError("entry out of sequence");
  Remember(lanes_, key);
  store::LaneRecord& lane = lanes_[key];
  lane.topic = entry.topic;
  lane.lane = entry.lane;
  lane.n = entry.n;
  lane.hash = append.hash;
  const EntryKey entry_key(entry.topic, entry.lane, entry.n);
  Remember(entries_, entry_key);
  entries_.insert_or_assign(entry_key, entry);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::PutLane& put, absl::Time) {
  const LaneKey key(put.lane.topic, put.lane.lane);
  const auto at = lanes_.find(key);
  const std::int64_t last = at == lanes_.end() ? 0 : at->second.n;
  if (last != put.expected) return absl::AbortedError("the lane has moved on");
  if (put.lane.n < last) EraseEntriesBetween(key, put.lane.n, last);
  Remember(lanes_, key);
  lanes_.insert_or_assign(key, put.lane);
  return absl::OkStatus();
}

void MemoryDatabase::EraseEntriesBetween(const LaneKey& lane, std::int64_t low,
                                         std::int64_t through) {
  auto at = entries_.upper_bound(EntryKey(lane.first, lane.second, low));
  const auto end = entries_.upper_bound(EntryKey(lane.first, lane.second, through));
  while (at != end) {
    Remember(entries_, at->first);
    at = entries_.erase(at);
  }
}

absl::Status MemoryDatabase::ApplyOne(const store::EraseEntries& erase, absl::Time) {
  if (erase.through > 0) EraseEntriesBetween({erase.topic, erase.lane}, 0, erase.through);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::DropLane& drop, absl::Time) {
  const LaneKey key(drop.topic, drop.lane);
  const auto lane = lanes_.find(key);
  if (lane != lanes_.end()) {
    EraseEntriesBetween(key, 0, lane->second.n);
    Remember(lanes_, key);
    lanes_.erase(key);
  }
  for (auto at = deliveries_.begin(); at != deliveries_.end();) {
    if (at->second.topic != drop.topic || at->second.lane != drop.lane) {
      ++at;
      continue;
    }
    Remember(deliveries_, at->first);
    at = deliveries_.erase(at);
  }
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::RequestDelivery& request, absl::Time) {
  const store::DeliveryRecord& wanted = request.delivery;
  const DeliveryKey key(wanted.peer, wanted.topic.ToString(), wanted.lane);
  Remember(deliveries_, key);
  const auto [at, is_new] = deliveries_.try_emplace(key, wanted);
  if (is_new) at->second.acked = 0;
  at->second.through = std::max(at->second.through, wanted.through);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::ConfirmDelivery& confirm, absl::Time) {
  const store::DeliveryRecord& got = confirm.delivery;
  const DeliveryKey key(got.peer, got.topic.ToString(), got.lane);
  const auto at = deliveries_.find(key);
  if (at == deliveries_.end()) return absl::OkStatus();
  Remember(deliveries_, key);
  at->second.acked = std::max(at->second.acked, std::min(got.acked, at->second.through));
  return absl::OkStatus();
}

std::vector<std::pair<std::string, std::string>> MemoryDatabase::ListValues(
    const std::string& prefix, std::int32_t limit) const {
  std::vector<std::pair<std::string, std::string>> found;
  for (auto at = values_.lower_bound(prefix); at != values_.end(); ++at) {
    if (found.size() >= LimitOf(limit) || !at->first.starts_with(prefix)) break;
    found.emplace_back(*at);
  }
  return found;
}

std::vector<store::LaneRecord> MemoryDatabase::ListLanes(TopicName topic) const {
  std::vector<store::LaneRecord> found;
  for (auto at = lanes_.lower_bound(LaneKey(topic, "")); at != lanes_.end(); ++at) {
    if (at->first.first != topic) break;
    found.push_back(at->second);
  }
  return found;
}

std::optional<store::MessageRecord> MemoryDatabase::MessageOf(
    const store::EntryRecord& entry) const {
  const Topic* topic = entry.seq == 0 ? nullptr : Find(entry.topic);
  if (topic == nullptr) return std::nullopt;
  const auto at = topic->messages.find(entry.seq);
  if (at == topic->messages.end() || at->second.is_wiped) return std::nullopt;
  return at->second.record;
}

std::vector<store::StoredEntry> MemoryDatabase::ListEntries(const store::EntryQuery& query) const {
  std::vector<store::StoredEntry> found;
  std::int64_t bytes = 0;
  auto at = entries_.upper_bound(EntryKey(query.topic, query.lane, query.after));
  for (; at != entries_.end(); ++at) {
    const store::EntryRecord& entry = at->second;
    if (entry.topic != query.topic || entry.lane != query.lane) break;
    store::StoredEntry stored{entry, MessageOf(entry)};
    bytes += TextBytes(stored);
    const bool fits = found.size() < LimitOf(query.limit) && bytes <= query.max_bytes;
    if (!found.empty() && !fits) break;
    found.push_back(std::move(stored));
  }
  return found;
}

std::vector<store::DeliveryRecord> MemoryDatabase::ListDeliveries(
    const store::DeliveryQuery& query) const {
  std::vector<store::DeliveryRecord> found;
  const bool is_every_peer = query.peer.empty();
  auto at = is_every_peer
                ? deliveries_.begin()
                : deliveries_.upper_bound({query.peer, query.after_topic, query.after_lane});
  for (; at != deliveries_.end() && found.size() < LimitOf(query.limit); ++at) {
    if (!is_every_peer && at->second.peer != query.peer) break;
    if (at->second.acked < at->second.through) found.push_back(at->second);
  }
  return found;
}

std::vector<store::ForeignName> MemoryDatabase::ListForeignNames(const std::string& after,
                                                                 std::int32_t limit) const {
  std::map<std::string, store::ForeignName> all;
  for (const auto& [id, user] : users_) {
    if (user.origin.empty()) continue;
    const TopicName alias = TopicName::Me(id);
    all.emplace(alias.ToString(), store::ForeignName{alias, user.origin});
  }
  for (const auto& [name, topic] : topics_) {
    if (!topic.record.has_value() || topic.record->origin.empty()) continue;
    all.emplace(name.ToString(), store::ForeignName{name, topic.record->origin});
  }
  std::vector<store::ForeignName> found;
  for (auto at = all.upper_bound(after); at != all.end(); ++at) {
    if (found.size() >= LimitOf(limit)) break;
    found.push_back(at->second);
  }
  return found;
}

}  // namespace molva::test
