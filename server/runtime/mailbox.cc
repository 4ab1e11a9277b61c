#include "runtime/mailbox.h"

namespace molva::runtime {

Mailbox::Wake Mailbox::Put(Task task) {
  MutexLock lock(mutex_);
  // A refused task is the caller's argument: it is destroyed after the lock is released.
  if (closed_) return Wake::kNotNeeded;
  tasks_.push_back(std::move(task));
  if (!asleep_) return Wake::kNotNeeded;
  asleep_ = false;
  return Wake::kNeeded;
}

void Mailbox::Take(std::vector<Task>& batch) {
  MutexLock lock(mutex_);
  asleep_ = false;
  tasks_.swap(batch);
}

Mailbox::State Mailbox::FallAsleep() {
  MutexLock lock(mutex_);
  if (!tasks_.empty()) return State::kHasMail;
  asleep_ = true;
  return State::kAsleep;
}

void Mailbox::Close() {
  std::vector<Task> left;  // declared before the lock: a task's destructor may call Put
  MutexLock lock(mutex_);
  closed_ = true;
  tasks_.swap(left);
}

}  // namespace molva::runtime
