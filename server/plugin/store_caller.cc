#include "plugin/store_caller.h"

#include <utility>

namespace molva::plugin {

std::uint64_t Caller::NextToken() {
  constexpr std::uint64_t kCountMask = (std::uint64_t{1} << kCountBits) - 1;
  const std::uint64_t count = count_.fetch_add(1, std::memory_order_relaxed) + 1;
  return (std::uint64_t{number_} << kCountBits) | (count & kCountMask);
}

bool Caller::Keep(std::uint64_t token, WaitingWrite& write) {
  const runtime::MutexLock lock(mutex_);
  if (writes_.size() + queries_.size() >= max_waiting_) return false;
  writes_.emplace(token, std::move(write));
  return true;
}

bool Caller::Keep(std::uint64_t token, WaitingQuery& query) {
  const runtime::MutexLock lock(mutex_);
  if (writes_.size() + queries_.size() >= max_waiting_) return false;
  queries_.emplace(token, std::move(query));
  return true;
}

std::optional<WaitingWrite> Caller::TakeWrite(std::uint64_t token) {
  const runtime::MutexLock lock(mutex_);
  const auto at = writes_.find(token);
  if (at == writes_.end()) return std::nullopt;
  WaitingWrite write = std::move(at->second);
  writes_.erase(at);
  return write;
}

std::optional<WaitingQuery> Caller::TakeQuery(std::uint64_t token) {
  const runtime::MutexLock lock(mutex_);
  const auto at = queries_.find(token);
  if (at == queries_.end()) return std::nullopt;
  WaitingQuery query = std::move(at->second);
  queries_.erase(at);
  return query;
}

void Caller::Deliver(runtime::Task task, const std::shared_ptr<Caller>& self) {
  shard_.Post([self, task = std::move(task)]() mutable {
    if (!self->has_left_.load(std::memory_order_acquire)) task();
  });
}

}  // namespace molva::plugin
