// Which sessions are in a topic, and ready-made lists of them for fan-out.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <functional>
#include <optional>
#include <vector>

#include "model/session_handle.h"
#include "model/user_id.h"
#include "presence/notice.h"
#include "topic/ports.h"

namespace molva::topic {

// The sessions attached to one topic, by user. Thread: confined to the topic's shard.
class AttachedSessions {
 public:
  explicit AttachedSessions(int shard_count) : shard_count_(shard_count) {}

  void Add(model::SessionHandle session, model::UserId user);
  // The session is here, but others are not to see it yet. Thereafter Show tells whether it was so.
  void Hide(model::SessionHandle session) { hidden_.insert(session); }
  bool Show(model::SessionHandle session) { return hidden_.erase(session) > 0; }
  bool IsHidden(model::SessionHandle session) const { return hidden_.contains(session); }
  // The user the session was attached for; nullopt if it was not attached.
  std::optional<model::UserId> Remove(model::SessionHandle session);
  std::optional<model::UserId> UserOf(model::SessionHandle session) const;
  bool Has(model::SessionHandle session) const { return sessions_.contains(session); }
  // How many sessions `user` has here.
  int CountOf(model::UserId user) const;
  // How many of them others may see; and of everybody.
  int CountSeen(model::UserId user) const;
  std::size_t CountSeen() const { return sessions_.size() - hidden_.size(); }
  SessionList SessionsOf(model::UserId user) const;
  // Whether all are in `set`.
  bool AreAllIn(const presence::SessionSet& set) const;
  bool empty() const { return sessions_.empty(); }
  std::size_t size() const { return sessions_.size(); }

  // One list per shard (null where empty) of the sessions whose user passes. O(sessions).
  std::vector<SessionListPtr> Select(const std::function<bool(model::UserId)>& passes) const;

 private:
  int shard_count_;
  absl::flat_hash_map<model::SessionHandle, model::UserId> sessions_;
  absl::flat_hash_map<model::UserId, int> counts_;
  absl::flat_hash_set<model::SessionHandle> hidden_;  // few, and for seconds
};

}  // namespace molva::topic
