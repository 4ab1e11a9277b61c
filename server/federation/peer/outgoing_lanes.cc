#include "federation/peer/outgoing_lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "topic/remote/planted_bugs.h"

namespace molva::federation {

using topic::LaneItemPtr;
using topic::LaneKind;

OutgoingLanes::Lane& OutgoingLanes::Find(LaneKey key) {
  if (lanes_.size() >= kMaxLanes && !lanes_.contains(key)) ForgetIdle();
  Lane& lane = lanes_[key];
  lane.kind = key.kind;
  return lane;
}

// Only so that a peer with many topics does not fill the memory: a forgotten lane is made anew by
// its next entry.
void OutgoingLanes::ForgetIdle() {
  std::erase_if(lanes_, [&](const auto& entry) {
    const auto& [key, lane] = entry;
    return lane.acked == lane.through && !lane.is_reading && !lane.is_ready && !lane.is_waiting &&
           !lane.is_resting && !unconfirmed_.contains(key);
  });
}

void OutgoingLanes::CountPending(const Lane& lane, std::int64_t more) {
  pending_ += more;
  if (lane.kind == LaneKind::kProposals) pending_proposals_ += more;
}

void OutgoingLanes::SetThrough(Lane& lane, std::int64_t through) {
  CountPending(lane, through - lane.through);
  lane.through = through;
}

void OutgoingLanes::SetAcked(Lane& lane, std::int64_t acked) {
  CountPending(lane, lane.acked - acked);
  lane.acked = acked;
}

void OutgoingLanes::Push(const LaneKey& key, Lane& lane, LaneItemPtr item) {
  const std::size_t size = SizeInBatch(*item);
  if (size > kMaxItemBytes) {
    base::LogError("an entry is too long for a peer", {{"topic", key.topic.ToString()},
                                                       {"n", fmt::to_string(item->n)},
                                                       {"bytes", fmt::to_string(size)}});
    lane.refused = item->n;
    return;
  }
  queued_bytes_ += size;
  ++queued_items_;
  lane.queue.push_back(std::move(item));
}

void OutgoingLanes::DropQueue(Lane& lane) {
  for (const LaneItemPtr& item : lane.queue) queued_bytes_ -= SizeInBatch(*item);
  queued_items_ -= lane.queue.size();
  lane.queue.clear();
}

void OutgoingLanes::Consider(const LaneKey& key, Lane& lane) {
  if (lane.refused != 0 || lane.is_resting) return;
  if (!lane.queue.empty()) {
    if (!std::exchange(lane.is_ready, true)) ready_.push_back(key);
  } else if (lane.sent < lane.through && !lane.is_reading) {
    if (!std::exchange(lane.is_waiting, true)) to_read_.push_back(key);
  }
}

void OutgoingLanes::Halt() {
  Restart();
  is_flowing_ = false;
}

void OutgoingLanes::Restart() {
  is_flowing_ = true;
  ++generation_;
  ready_.clear();
  to_read_.clear();
  resting_.clear();
  reads_ = 0;
  for (auto& [key, lane] : lanes_) {
    DropQueue(lane);
    lane.sent = topic::Planted(topic::PlantedBug::kForgetResume) ? lane.through : lane.acked;
    lane.refused = 0;
    lane.rewinds = 0;
    lane.is_reading = lane.is_ready = lane.is_waiting = lane.is_resting = false;
    Consider(key, lane);
  }
}

void OutgoingLanes::Load(const store::DeliveryRecord& row, LaneKey key) {
  const bool is_new = !lanes_.contains(key);
  Lane& lane = Find(key);
  const bool is_untouched = lane.sent == lane.acked;
  if (row.through > lane.through) SetThrough(lane, row.through);
  if (is_new || (is_untouched && row.acked < lane.acked && !unconfirmed_.contains(key))) {
    DropQueue(lane);
    SetAcked(lane, row.acked);
    lane.sent = topic::Planted(topic::PlantedBug::kForgetResume) ? row.through : row.acked;
  }
  Consider(key, lane);
}

// A topic of two changes its home when it ends and begins anew. What the peer has ordered in
// between it has.
bool OutgoingLanes::IsBegunByPeer(const LaneKey& key, const Lane& lane, std::int64_t n) const {
  return key.kind == LaneKind::kChain && key.topic.kind() == model::TopicKind::kP2p &&
         n > lane.through + 1 && lane.acked == lane.through && lane.queue.empty();
}

void OutgoingLanes::Skip(Lane& lane, std::int64_t through) {
  SetThrough(lane, through);
  SetAcked(lane, through);
  lane.sent = through;
}

void OutgoingLanes::Add(LaneKey key, LaneItemPtr item) {
  const std::int64_t n = item->n;
  const bool is_new = !lanes_.contains(key);
  Lane& lane = Find(key);
  if (is_new) {
    Skip(lane, n - 1);
  } else if (n == 1 && lane.acked > 0) {
    // Begun anew; or this comes late, and then a repetition does no harm.
    DropQueue(lane);
    SetAcked(lane, 0);
    lane.sent = 0;
    lane.refused = 0;
  } else if (lane.refused != 0 && n <= lane.refused) {
    lane.refused = 0;
    lane.sent = n - 1;
  }
  if (IsBegunByPeer(key, lane, n)) Skip(lane, n - 1);
  if (n > lane.through) SetThrough(lane, n);
  const std::int64_t next = lane.sent + static_cast<std::int64_t>(lane.queue.size()) + 1;
  const bool is_caught_up =
      is_flowing_ && !lane.is_reading && !lane.is_resting && lane.refused == 0;
  if (n == next && is_caught_up && queued_bytes_ < kMaxQueuedBytes)
    Push(key, lane, std::move(item));
  Consider(key, lane);
}

bool OutgoingLanes::Acknowledge(LaneKey key, std::int64_t n) {
  const auto at = lanes_.find(key);
  if (at == lanes_.end()) return false;
  Lane& lane = at->second;
  if (n <= lane.acked || n > lane.through) return false;
  SetAcked(lane, n);
  lane.rewinds = 0;
  if (n > lane.sent) {
    DropQueue(lane);
    lane.sent = n;
  }
  if (key.kind == LaneKind::kChain) unconfirmed_.insert(key);
  Consider(key, lane);
  return true;
}

void OutgoingLanes::Rewind(LaneKey key, std::int64_t after, absl::Time now) {
  const auto at = lanes_.find(key);
  if (at == lanes_.end() || after < 0 || after >= at->second.sent) return;
  Lane& lane = at->second;
  DropQueue(lane);
  lane.sent = after;
  lane.refused = 0;
  if (++lane.rewinds > 1) return Rest(key, lane, now);
  Consider(key, lane);
}

void OutgoingLanes::Rest(const LaneKey& key, Lane& lane, absl::Time now) {
  const int doublings = std::min(lane.rewinds, 10);
  if (std::exchange(lane.is_resting, true)) return;
  resting_.emplace_back(now + std::min(kLongestRest, kFirstRest * (1 << doublings)), key);
}

absl::Time OutgoingLanes::Wake(absl::Time now) {
  absl::Time next = absl::InfiniteFuture();
  std::vector<LaneKey> rested;
  std::erase_if(resting_, [&](const auto& entry) {
    if (entry.first > now) {
      next = std::min(next, entry.first);
      return false;
    }
    rested.push_back(entry.second);
    return true;
  });
  for (const LaneKey& key : rested) {
    Lane& lane = lanes_.at(key);
    lane.is_resting = false;
    Consider(key, lane);
  }
  return next;
}

void OutgoingLanes::Stop(LaneKey key, std::int64_t n) {
  const auto at = lanes_.find(key);
  if (at == lanes_.end() || n <= at->second.acked || n > at->second.sent) return;
  Lane& lane = at->second;
  DropQueue(lane);
  lane.sent = n - 1;
  lane.refused = n;
}

void OutgoingLanes::Forget(LaneKey key) {
  const auto at = lanes_.find(key);
  if (at == lanes_.end()) return;
  Lane& lane = at->second;
  DropQueue(lane);
  SetAcked(lane, lane.through);
  lane.sent = lane.through;
}

std::optional<OutgoingLanes::Read> OutgoingLanes::NextRead() {
  while (!to_read_.empty() && reads_ < kMaxReads && queued_bytes_ < kMaxQueuedBytes / 2) {
    const LaneKey key = to_read_.front();
    to_read_.pop_front();
    Lane& lane = lanes_.at(key);
    lane.is_waiting = false;
    const bool is_needed = lane.queue.empty() && lane.sent < lane.through && !lane.is_reading &&
                           lane.refused == 0 && !lane.is_resting;
    if (!is_needed) continue;
    lane.is_reading = true;
    ++reads_;
    return Read{key, lane.sent, generation_};
  }
  return std::nullopt;
}

void OutgoingLanes::Loaded(const Read& read, std::vector<LaneItemPtr> items) {
  if (read.generation != generation_) return;
  --reads_;
  Lane& lane = lanes_.at(read.key);
  lane.is_reading = false;
  if (lane.sent == read.after && lane.queue.empty()) {
    PassSettled(read.key, lane, items);
    for (LaneItemPtr& item : items) {
      // A lane that was dropped or begun anew has nothing, or something else.
      if (item->n != lane.sent + static_cast<std::int64_t>(lane.queue.size()) + 1) break;
      Push(read.key, lane, std::move(item));
      if (lane.refused != 0) break;
    }
    if (lane.queue.empty() && lane.refused == 0) {
      // There is nothing to send although something was due; the topic says so when there is.
      SetThrough(lane, lane.sent);
      if (lane.acked > lane.through) SetAcked(lane, lane.through);
    }
  }
  Consider(read.key, lane);
}

// Proposals that led to an event are erased, even if the peer's word for it never came.
void OutgoingLanes::PassSettled(const LaneKey& key, Lane& lane,
                                const std::vector<LaneItemPtr>& items) {
  if (key.kind != LaneKind::kProposals || items.empty() || items.front()->n <= lane.sent + 1)
    return;
  lane.sent = items.front()->n - 1;
  if (lane.acked < lane.sent) SetAcked(lane, lane.sent);
}

void OutgoingLanes::ReadFailed(const Read& read, absl::Time now) {
  if (read.generation != generation_) return;
  --reads_;
  Lane& lane = lanes_.at(read.key);
  lane.is_reading = false;
  ++lane.rewinds;
  Rest(read.key, lane, now);
}

std::optional<OutgoingItem> OutgoingLanes::TakeNext(std::size_t max_bytes) {
  while (!ready_.empty()) {
    const LaneKey key = ready_.front();
    Lane& lane = lanes_.at(key);
    if (lane.queue.empty() || lane.refused != 0 || lane.is_resting) {
      ready_.pop_front();
      lane.is_ready = false;
      Consider(key, lane);
      continue;
    }
    const std::size_t size = SizeInBatch(*lane.queue.front());
    if (size > max_bytes) return std::nullopt;
    LaneItemPtr item = std::move(lane.queue.front());
    lane.queue.pop_front();
    queued_bytes_ -= size;
    --queued_items_;
    lane.sent = item->n;
    ready_.pop_front();
    lane.is_ready = false;
    Consider(key, lane);
    return OutgoingItem{key.kind, std::move(item)};
  }
  return std::nullopt;
}

store::Batch OutgoingLanes::TakeConfirmations(const std::string& peer) {
  store::Batch batch;
  for (const LaneKey& key : unconfirmed_) {
    const auto at = lanes_.find(key);
    if (at == lanes_.end()) continue;
    batch.push_back(store::ConfirmDelivery{
        {peer, key.topic, key.lane(), at->second.through, at->second.acked}});
  }
  unconfirmed_.clear();
  return batch;
}

std::vector<model::TopicName> OutgoingLanes::TopicsWithProposals() const {
  std::vector<model::TopicName> topics;
  for (const auto& [key, lane] : lanes_) {
    if (key.kind == LaneKind::kProposals && lane.acked < lane.through) topics.push_back(key.topic);
  }
  return topics;
}

}  // namespace molva::federation
