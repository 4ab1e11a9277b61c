// What is known of other servers, in memory: the most recently used, and who was not found.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstddef>
#include <list>
#include <string>
#include <string_view>

#include "base/string_map.h"
#include "federation/discovery/peer_identity.h"

namespace molva::federation {

// Identities and failures by domain, least recently used last.
//
// Thread: confined to its owner's shard.
// Full:   the longest unused one goes.
class IdentityCache {
 public:
  explicit IdentityCache(std::size_t capacity) : capacity_(capacity) {}

  void Put(PeerIdentity identity);
  // Until `until` the domain is not looked for. What was known of it stays.
  void PutFailure(std::string_view domain, absl::Status why, absl::Time until);
  // nullptr if there is none. Counts as a use.
  const PeerIdentity* Find(std::string_view domain);
  // The same without counting as a use.
  const PeerIdentity* Peek(std::string_view domain) const;
  // OK unless a failure is remembered at `now`.
  absl::Status FailureAt(std::string_view domain, absl::Time now) const;
  // When the sources were last asked about the domain; long ago if that is not known.
  void MarkAsked(std::string_view domain, absl::Time now);
  absl::Time AskedAt(std::string_view domain) const;
  void Erase(std::string_view domain);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string domain;
    bool is_known = false;
    PeerIdentity identity;
    absl::Status failure;
    absl::Time failed_until = absl::InfinitePast();
    absl::Time asked_at = absl::InfinitePast();
  };
  using Order = std::list<Entry>;

  Entry& Touch(std::string_view domain);

  const std::size_t capacity_;
  Order order_;  // most recently used first
  base::StringMap<Order::iterator> entries_;
};

}  // namespace molva::federation
