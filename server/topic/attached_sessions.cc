#include "topic/attached_sessions.h"

#include <algorithm>

namespace molva::topic {

void AttachedSessions::Add(model::SessionHandle session, model::UserId user) {
  if (sessions_.emplace(session, user).second) ++counts_[user];
}

std::optional<model::UserId> AttachedSessions::Remove(model::SessionHandle session) {
  const auto at = sessions_.find(session);
  if (at == sessions_.end()) return std::nullopt;
  const model::UserId user = at->second;
  sessions_.erase(at);
  hidden_.erase(session);
  if (--counts_[user] == 0) counts_.erase(user);
  return user;
}

std::optional<model::UserId> AttachedSessions::UserOf(model::SessionHandle session) const {
  const auto at = sessions_.find(session);
  return at == sessions_.end() ? std::nullopt : std::optional(at->second);
}

int AttachedSessions::CountOf(model::UserId user) const {
  const auto at = counts_.find(user);
  return at == counts_.end() ? 0 : at->second;
}

int AttachedSessions::CountSeen(model::UserId user) const {
  int count = CountOf(user);
  for (const model::SessionHandle session : hidden_) count -= UserOf(session) == user ? 1 : 0;
  return count;
}

SessionList AttachedSessions::SessionsOf(model::UserId user) const {
  SessionList list;
  for (const auto& [session, owner] : sessions_) {
    if (owner == user) list.push_back(session);
  }
  return list;
}

bool AttachedSessions::AreAllIn(const presence::SessionSet& set) const {
  return std::all_of(sessions_.begin(), sessions_.end(),
                     [&](const auto& entry) { return set.contains(entry.first); });
}

std::vector<SessionListPtr> AttachedSessions::Select(
    const std::function<bool(model::UserId)>& passes) const {
  std::vector<SessionList> lists(static_cast<std::size_t>(shard_count_));
  for (const auto& [session, user] : sessions_) {
    if (passes(user)) lists[session.shard].push_back(session);
  }
  std::vector<SessionListPtr> shared(lists.size());
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (!lists[i].empty()) shared[i] = std::make_shared<const SessionList>(std::move(lists[i]));
  }
  return shared;
}

}  // namespace molva::topic
