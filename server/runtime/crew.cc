#include "runtime/crew.h"

#include <absl/time/clock.h>
#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <thread>
#include <utility>

#include "base/check.h"
#include "runtime/mutex.h"
#include "runtime/signal_mask.h"

namespace molva::runtime {

struct Crew::Shared {
  Shared(std::string thread_name, int most) : name(std::move(thread_name)), threads(most) {}

  bool HasTooMany() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return alive - lost > threads; }

  const std::string name;
  const int threads;
  Mutex mutex;
  std::condition_variable_any wake;   // there is work, or it stops
  std::condition_variable_any empty;  // the last thread ends
  std::deque<Task> tasks ABSL_GUARDED_BY(mutex);
  int alive ABSL_GUARDED_BY(mutex) = 0;
  int idle ABSL_GUARDED_BY(mutex) = 0;
  int lost ABSL_GUARDED_BY(mutex) = 0;
  bool is_stopping ABSL_GUARDED_BY(mutex) = false;
};

namespace {

constexpr std::size_t kMostNameBytes = 12;  // the system takes 15

}  // namespace

Crew::Crew(const std::string& name, int threads)
    : shared_(std::make_shared<Shared>(name.substr(0, kMostNameBytes), threads)) {
  MOLVA_CHECK(threads > 0, "a crew of nobody does no work");
}

Crew::~Crew() { Stop(absl::InfinitePast()); }

// A thread joins by counting itself out: one that hangs could not be joined.
void Crew::Start(const std::shared_ptr<Shared>& shared) {
  std::thread([shared] { Run(shared); }).detach();
}

bool Crew::Submit(Task task) {
  bool wants_thread = false;
  {
    const MutexLock lock(shared_->mutex);
    if (shared_->is_stopping) return false;
    shared_->tasks.push_back(std::move(task));
    wants_thread = shared_->tasks.size() > static_cast<std::size_t>(shared_->idle) &&
                   shared_->alive - shared_->lost < shared_->threads;
    if (wants_thread) ++shared_->alive;
  }
  if (wants_thread) Start(shared_);
  shared_->wake.notify_one();
  return true;
}

bool Crew::GiveUpOne() {
  bool wants_thread = false;
  {
    const MutexLock lock(shared_->mutex);
    if (shared_->lost == kMostLost) return false;
    ++shared_->lost;
    wants_thread = !shared_->tasks.empty() && !shared_->is_stopping;
    if (wants_thread) ++shared_->alive;
  }
  if (wants_thread) Start(shared_);
  return true;
}

void Crew::GetOneBack() {
  const MutexLock lock(shared_->mutex);
  --shared_->lost;
}

bool Crew::Stop(absl::Time deadline) {
  std::deque<Task> left;  // destroyed outside the lock
  {
    const MutexLock lock(shared_->mutex);
    shared_->is_stopping = true;
    left.swap(shared_->tasks);
  }
  shared_->wake.notify_all();
  left.clear();
  const MutexLock lock(shared_->mutex);
  // What was given up before is not waited for again.
  while (shared_->alive > shared_->lost && absl::Now() < deadline) {
    shared_->empty.wait_until(shared_->mutex, absl::ToChronoTime(deadline));
  }
  return shared_->alive == 0;
}

void Crew::Run(const std::shared_ptr<Shared>& shared) {
  BlockAllSignals();
  pthread_setname_np(pthread_self(), shared->name.c_str());
  for (;;) {
    Task task;
    {
      const MutexLock lock(shared->mutex);
      ++shared->idle;
      while (shared->tasks.empty() && !shared->is_stopping && !shared->HasTooMany()) {
        shared->wake.wait(shared->mutex);
      }
      --shared->idle;
      if (shared->tasks.empty()) {
        --shared->alive;
        shared->empty.notify_all();
        return;
      }
      task = std::move(shared->tasks.front());
      shared->tasks.pop_front();
    }
    std::move(task)();
  }
}

}  // namespace molva::runtime
