// Threads for work that may block: plugins, disk, password hashes.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "runtime/mutex.h"
#include "runtime/work_pool.h"

namespace molva::runtime {

// A fixed number of threads with one bounded queue. When it is full, Submit refuses: the queue of
// a pool that hashes passwords must not become a way to bring the node down.
//
// Thread: Submit from anywhere; Stop and the destructor on the thread that owns the pool.
class BlockingPool final : public WorkPool {
 public:
  struct Options {
    std::string name = "pool";  // of the threads, at most 12 characters
    int threads = 2;
    std::size_t max_queued = 1024;
  };

  explicit BlockingPool(Options options);
  // Stops first, if need be.
  ~BlockingPool() override;

  bool Submit(Task task) override;
  // Finishes the tasks that run, destroys those that wait, ends the threads.
  void Stop();
  std::size_t queued() const;

 private:
  void Run(int thread_number);

  const Options options_;
  mutable Mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Task> tasks_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace molva::runtime
