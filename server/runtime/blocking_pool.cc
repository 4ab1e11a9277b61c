#include "runtime/blocking_pool.h"

#include <fmt/core.h>
#include <pthread.h>

#include "runtime/signal_mask.h"

namespace molva::runtime {

BlockingPool::BlockingPool(Options options) : options_(std::move(options)) {
  for (int number = 0; number < options_.threads; ++number) {
    threads_.emplace_back([this, number] { Run(number); });
  }
}

BlockingPool::~BlockingPool() { Stop(); }

bool BlockingPool::Submit(Task task) {
  {
    MutexLock lock(mutex_);
    if (stopping_ || tasks_.size() >= options_.max_queued) return false;
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void BlockingPool::Stop() {
  std::deque<Task> left;  // destroyed outside the lock
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    tasks_.swap(left);
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

std::size_t BlockingPool::queued() const {
  MutexLock lock(mutex_);
  return tasks_.size();
}

void BlockingPool::Run(int thread_number) {
  BlockAllSignals();
  pthread_setname_np(pthread_self(), fmt::format("{}-{}", options_.name, thread_number).c_str());
  for (;;) {
    Task task;
    {
      MutexLock lock(mutex_);
      while (tasks_.empty() && !stopping_) wake_.wait(mutex_);
      if (stopping_) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    std::move(task)();
  }
}

}  // namespace molva::runtime
