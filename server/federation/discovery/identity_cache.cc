#include "federation/discovery/identity_cache.h"

#include <utility>

namespace molva::federation {

IdentityCache::Entry& IdentityCache::Touch(std::string_view domain) {
  const auto found = entries_.find(domain);
  if (found != entries_.end()) {
    order_.splice(order_.begin(), order_, found->second);
    return order_.front();
  }
  if (order_.size() >= capacity_) {
    entries_.erase(order_.back().domain);
    order_.pop_back();
  }
  Entry& entry = order_.emplace_front();
  entry.domain = domain;
  entries_.emplace(entry.domain, order_.begin());
  return entry;
}

void IdentityCache::Put(PeerIdentity identity) {
  Entry& entry = Touch(identity.domain);
  entry.identity = std::move(identity);
  entry.is_known = true;
  entry.failed_until = absl::InfinitePast();
}

void IdentityCache::PutFailure(std::string_view domain, absl::Status why, absl::Time until) {
  Entry& entry = Touch(domain);
  entry.failure = std::move(why);
  entry.failed_until = until;
}

const PeerIdentity* IdentityCache::Find(std::string_view domain) {
  if (!entries_.contains(domain)) return nullptr;
  const Entry& entry = Touch(domain);
  return entry.is_known ? &entry.identity : nullptr;
}

const PeerIdentity* IdentityCache::Peek(std::string_view domain) const {
  const auto found = entries_.find(domain);
  return found == entries_.end() || !found->second->is_known ? nullptr : &found->second->identity;
}

absl::Status IdentityCache::FailureAt(std::string_view domain, absl::Time now) const {
  const auto found = entries_.find(domain);
  if (found == entries_.end() || now >= found->second->failed_until) return absl::OkStatus();
  return found->second->failure;
}

void IdentityCache::MarkAsked(std::string_view domain, absl::Time now) {
  Touch(domain).asked_at = now;
}

absl::Time IdentityCache::AskedAt(std::string_view domain) const {
  const auto found = entries_.find(domain);
  return found == entries_.end() ? absl::InfinitePast() : found->second->asked_at;
}

void IdentityCache::Erase(std::string_view domain) {
  const auto found = entries_.find(domain);
  if (found == entries_.end()) return;
  order_.erase(found->second);
  entries_.erase(found);
}

}  // namespace molva::federation
