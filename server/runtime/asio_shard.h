// The shard of the real server: one thread that turns between its mailbox, timers and sockets.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "runtime/mailbox.h"
#include "runtime/shard.h"
#include "runtime/timer_queue.h"

namespace boost::asio {
class io_context;
}

namespace molva::runtime {

// A part of a shard that acts when a turn of its loop ends, as a transport that writes then what
// the turn has queued.
class TurnEndHook {
 public:
  enum class Remaining { kNothing, kWork };

  virtual ~TurnEndHook() = default;
  // Does a bounded amount of work. With kWork the shard does not sleep: it takes its next turn
  // (mailbox, timers, sockets) and calls again.
  virtual Remaining OnTurnEnd() = 0;
};

// A shard on a Boost.Asio io_context. A turn is: the mailbox, timers that are due, ready sockets,
// then the turn-end hooks in the order in which they were added. It sleeps when none has work.
//
// Thread: Post from anywhere; Start and Stop on the thread that owns the shard; everything else on
//         the shard's own thread, or on the owner's before Start and after Stop.
class AsioShard final : public Shard {
 public:
  explicit AsioShard(int index);
  // Stops first, if need be.
  ~AsioShard() override;
  AsioShard(const AsioShard&) = delete;
  AsioShard& operator=(const AsioShard&) = delete;

  // Starts the thread. It takes no signals: those are the main thread's.
  void Start();
  // Runs what was posted before, then ends the thread and waits for it. Later tasks and timers
  // that did not fire are destroyed, on the shard's thread where possible.
  void Stop();

  int index() const override { return index_; }
  void Post(Task task) override;
  TimerId StartTimer(absl::Duration delay, Task task) override;
  void CancelTimer(TimerId timer) override;
  const base::Clock& clock() const override { return clock_; }
  base::Random& random() override { return random_; }

  // `hook` is called at the end of each turn until it is removed; a hook must not add or remove
  // hooks from inside OnTurnEnd.
  void AddTurnEndHook(TurnEndHook& hook);
  void RemoveTurnEndHook(TurnEndHook& hook);

  // For FdWatch alone.
  boost::asio::io_context& io_context() { return *io_context_; }

 private:
  struct Work;

  void Run();
  void RunMailbox();
  void RunTimers();
  void PollSockets();
  TurnEndHook::Remaining RunHooks();
  void Sleep();
  bool IsOwnThread() const;

  const int index_;
  const base::SystemClock clock_;
  base::SystemRandom random_;
  std::unique_ptr<boost::asio::io_context> io_context_;
  std::unique_ptr<Work> work_;
  Mailbox mailbox_;
  std::vector<Task> batch_;      // taken from the mailbox, being run
  std::vector<Task> own_tasks_;  // posted by this very thread: no lock, no wake-up
  TimerQueue timers_;
  std::vector<TurnEndHook*> hooks_;
  bool running_ = false;
  std::atomic<std::thread::id> thread_id_{};
  std::thread thread_;
};

}  // namespace molva::runtime
