#include "runtime/timer_queue.h"

namespace molva::runtime {

TimerId TimerQueue::Add(Instant due, Task task) {
  const std::uint64_t id = ++last_id_;
  due_by_id_.emplace(id, due);
  tasks_.emplace(Key(due, id), std::move(task));
  return TimerId{id};
}

void TimerQueue::Cancel(TimerId timer) {
  const auto id = static_cast<std::uint64_t>(timer);
  const auto found = due_by_id_.find(id);
  if (found == due_by_id_.end()) return;
  const auto entry = tasks_.find(Key(found->second, id));
  // Out of both maps before it dies: the task's destructor may come back here.
  const Task cancelled = std::move(entry->second);
  tasks_.erase(entry);
  due_by_id_.erase(found);
}

std::optional<Task> TimerQueue::TakeDue(Instant now) {
  const auto first = tasks_.begin();
  if (first == tasks_.end() || first->first.first > now) return std::nullopt;
  Task task = std::move(first->second);
  due_by_id_.erase(first->first.second);
  tasks_.erase(first);
  return task;
}

std::optional<TimerQueue::Instant> TimerQueue::NextDue() const {
  if (tasks_.empty()) return std::nullopt;
  return tasks_.begin()->first.first;
}

void TimerQueue::Clear() {
  due_by_id_.clear();
  const auto doomed = std::exchange(tasks_, {});
}

}  // namespace molva::runtime
