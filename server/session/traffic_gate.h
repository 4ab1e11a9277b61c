// How much one address, one user and one topic may ask of the node, over all sessions.
#pragma once

#include <absl/time/time.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "model/topic_name.h"
#include "model/user_id.h"
#include "session/rate_table.h"

namespace molva::session {

// Per second on average, ten seconds' worth at once. Zero: no limit.
struct TrafficRates {
  int address_requests = 0;
  int user_messages = 0;
  int user_notes = 0;
  int topic_messages = 0;
};

// Counts what passes and says who must wait, and for how long; a zero wait was counted as passed.
// What is refused is not counted as passed, so a client that goes on asking does not wait longer.
//
// Thread: any; all shards share one. Rates may change at any time.
class TrafficGate {
 public:
  enum class Limit : std::uint8_t { kAddress, kUser, kNotes, kTopic };

  // `key`: random, of this process.
  TrafficGate(const TrafficRates& rates, std::uint64_t key);

  void SetRates(const TrafficRates& rates);
  // Any request of a session from `address`: without port; of IPv6 the first 64 bits count. This
  // machine and whoever comes by a Unix socket never wait: they may be a proxy for everybody.
  absl::Duration AdmitRequest(std::string_view address, absl::Time now);
  // A message or a reaction by `user` (Nobody: whoever may send as many as he likes).
  absl::Duration AdmitMessage(model::UserId user, model::TopicName topic, absl::Time now);
  // Typing, receipts, what is said in calls.
  absl::Duration AdmitNote(model::UserId user, absl::Time now);

  std::uint64_t refused(Limit limit) const {
    return refused_[static_cast<std::size_t>(limit)].load(std::memory_order_relaxed);
  }

 private:
  absl::Duration Refuse(Limit limit, absl::Duration wait);
  std::uint64_t HashOf(model::UserId user) const;

  const std::uint64_t key_;
  RateTable addresses_;
  RateTable user_messages_;
  RateTable user_notes_;
  RateTable topics_;
  std::array<std::atomic<std::uint64_t>, 4> refused_{};
};

}  // namespace molva::session
