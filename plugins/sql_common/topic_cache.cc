#include "sql_common/topic_cache.h"

namespace molva::sql_common {
namespace {

constexpr std::size_t kMaxStates = 200000;

}  // namespace

Outcome TopicCache::Find(molva_text name, TopicState** state) {
  const std::string_view key = sdk::View(name);
  auto at = states_.find(key);
  if (at == states_.end()) {
    TopicState loaded;
    MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
        "SELECT k.id, k.epoch, t.id IS NOT NULL,"
        " coalesce((SELECT max(seq) FROM message m WHERE m.topic = k.id), 0),"
        " coalesce((SELECT low FROM unindexed u WHERE u.topic = k.id), 0)"
        " FROM topic_key k LEFT JOIN topic t ON t.id = k.id WHERE k.name = ?",
        [&loaded](const Row& row) {
          loaded = {row.Int64(0), row.Int64(2) != 0, row.Int32(3), row.Int64(1), row.Int32(4)};
          return Next::kStop;
        },
        name));
    if (loaded.id == 0) {
      *state = nullptr;
      return Done();
    }
    at = states_.emplace(std::string(key), loaded).first;
  }
  touched_.push_back(at->first);
  *state = &at->second;
  return Done();
}

Outcome TopicCache::FindOrMake(molva_text name, TopicState** state) {
  MOLVA_RETURN_UNLESS_OK(Find(name, state));
  if (*state != nullptr) return Done();
  MOLVA_RETURN_UNLESS_OK(connection_.Run("INSERT INTO topic_key (name) VALUES (?)", name));
  return Find(name, state);
}

void TopicCache::StartBatch() {
  touched_.clear();
  if (states_.size() > kMaxStates) states_.clear();
}

void TopicCache::ForgetTouched() {
  for (const std::string& name : touched_) states_.erase(name);
  touched_.clear();
}

void TopicCache::ForgetAll() {
  states_.clear();
  touched_.clear();
}

}  // namespace molva::sql_common
