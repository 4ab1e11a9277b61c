// The thread that calls plugins. Private to server/remote_plugin.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/time/time.h>
#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include <atomic>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "runtime/mailbox.h"

namespace molva::remote_plugin {

// What waits in the completion queue: told once when its operation is done, then destroyed.
class Completion {
 public:
  virtual ~Completion() = default;
  virtual void Run(bool ok) = 0;
  // The loop stops: ends soon.
  virtual void Cancel() = 0;
};

// Owns the calls that are under way. All plugins of a node share one loop; what belongs to them is
// touched on its thread alone.
//
// Thread: its own; Post, Start and Stop from others.
// Bounds: who posts bounds what it has in flight.
class CallLoop {
 public:
  CallLoop();
  // Stops first, if need be.
  ~CallLoop();
  CallLoop(const CallLoop&) = delete;
  CallLoop& operator=(const CallLoop&) = delete;

  void Start();
  // Cancels what is under way and ends the thread; what is posted later is destroyed unrun.
  void Stop();
  void Post(runtime::Task task);

  // On this thread.
  void RunAt(absl::Time when, runtime::Task task);
  // The call is about to be given to the queue with itself as its tag.
  void Add(std::unique_ptr<Completion> call);
  absl::Time Now() const { return clock_.Now(); }
  bool stopping() const { return stopping_; }
  grpc::CompletionQueue& queue() { return queue_; }

 private:
  class WakeUp final : public Completion {
   public:
    explicit WakeUp(CallLoop& loop) : loop_(loop) {}
    void Run(bool) override { loop_.wake_pending_ = false; }
    void Cancel() override {}

   private:
    CallLoop& loop_;
  };

  void Run();
  void RunMailbox();
  void RunCompletions();
  void RunTimers();
  void WaitForCompletion();
  void Complete(void* tag, bool ok);
  void DrainQueue();

  const base::SystemClock clock_;
  grpc::CompletionQueue queue_;
  runtime::Mailbox mailbox_;
  std::vector<runtime::Task> batch_;
  absl::flat_hash_map<Completion*, std::unique_ptr<Completion>> calls_;
  std::multimap<absl::Time, runtime::Task> timers_;
  bool stopping_ = false;

  // An alarm must not be set again before it rang: wake_pending_ says whether it is set. wakers_
  // counts the threads that may be about to set it.
  WakeUp wake_up_{*this};
  grpc::Alarm alarm_;
  std::atomic<bool> wake_pending_{false};
  std::atomic<int> wakers_{0};
  std::thread thread_;
};

}  // namespace molva::remote_plugin
