#include "session/traffic_gate.h"

#include <absl/hash/hash.h>

#include "auth/login_throttle.h"
#include "base/strings.h"

namespace molva::session {
namespace {

// Of IPv6 loopback the network is empty, as it is of a Unix socket.
bool IsThisMachine(std::string_view network) {
  return network.empty() || network.starts_with("127.");
}

}  // namespace

TrafficGate::TrafficGate(const TrafficRates& rates, std::uint64_t key)
    : key_(key),
      addresses_(rates.address_requests),
      user_messages_(rates.user_messages),
      user_notes_(rates.user_notes),
      topics_(rates.topic_messages) {}

void TrafficGate::SetRates(const TrafficRates& rates) {
  addresses_.SetRate(rates.address_requests);
  user_messages_.SetRate(rates.user_messages);
  user_notes_.SetRate(rates.user_notes);
  topics_.SetRate(rates.topic_messages);
}

absl::Duration TrafficGate::AdmitRequest(std::string_view address, absl::Time now) {
  if (!addresses_.is_on()) return absl::ZeroDuration();
  const std::string_view network = auth::NetworkOf(address);
  if (IsThisMachine(network)) return absl::ZeroDuration();
  const std::uint64_t hash = absl::HashOf(key_, base::ToAbsl(network));
  const absl::Duration wait = addresses_.WaitOf(hash, now);
  if (wait > absl::ZeroDuration()) return Refuse(Limit::kAddress, wait);
  addresses_.Charge(hash, now);
  return wait;
}

absl::Duration TrafficGate::AdmitMessage(model::UserId user, model::TopicName topic,
                                         absl::Time now) {
  const std::uint64_t by_topic = absl::HashOf(key_, topic.StableHash());
  const std::uint64_t by_user = HashOf(user);
  const bool is_free = user.is_nobody();
  if (!is_free) {
    const absl::Duration wait = user_messages_.WaitOf(by_user, now);
    if (wait > absl::ZeroDuration()) return Refuse(Limit::kUser, wait);
  }
  const absl::Duration wait = topics_.WaitOf(by_topic, now);
  if (wait > absl::ZeroDuration()) return Refuse(Limit::kTopic, wait);
  if (!is_free) user_messages_.Charge(by_user, now);
  topics_.Charge(by_topic, now);
  return wait;
}

absl::Duration TrafficGate::AdmitNote(model::UserId user, absl::Time now) {
  const std::uint64_t hash = HashOf(user);
  const absl::Duration wait = user_notes_.WaitOf(hash, now);
  if (wait > absl::ZeroDuration()) return Refuse(Limit::kNotes, wait);
  user_notes_.Charge(hash, now);
  return wait;
}

absl::Duration TrafficGate::Refuse(Limit limit, absl::Duration wait) {
  refused_[static_cast<std::size_t>(limit)].fetch_add(1, std::memory_order_relaxed);
  return wait;
}

std::uint64_t TrafficGate::HashOf(model::UserId user) const {
  return absl::HashOf(key_, user.bits());
}

}  // namespace molva::session
