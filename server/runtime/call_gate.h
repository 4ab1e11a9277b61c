// What every call of a plugin passes: a deadline, a bound on what the plugin holds, a breaker.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/breaker.h"
#include "runtime/mutex.h"
#include "runtime/shard.h"

namespace molva::runtime {

// What a call that got no answer comes to; for who asks to look at, the gate itself refuses.
enum class OnFailure : std::uint8_t { kClosed, kOpen };

struct CallRules {
  // How long a call may wait for its turn, and then how long it may take.
  absl::Duration deadline = absl::Seconds(5);
  OnFailure on_failure = OnFailure::kClosed;
  int breaker_after = 5;                             // calls without an answer, one after the other
  absl::Duration breaker_pause = absl::Seconds(10);  // then nothing is asked for so long
  int threads = 2;
  std::size_t max_held = 1024;  // calls that run or wait, those given up among them
};

// Sums since the start, but for the last two.
struct CallGateCounts {
  std::uint64_t timeouts = 0;      // calls that were given up while they ran
  std::uint64_t refused_open = 0;  // by the breaker
  std::uint64_t refused_full = 0;  // the plugin held too many, or its threads did not get to it
  std::uint64_t late = 0;          // answers after the deadline: nobody wanted them any more
  std::uint64_t second = 0;        // answers after the first one
  std::size_t held = 0;            // calls that run or wait now
  base::Breaker::State state = base::Breaker::State::kClosed;  // of the track that is worst off
};

// Whose call it is decides when: the first of answer and deadline answers, the other one comes to
// nothing. What a plugin does with a call that was given up stays valid for as long as it takes.
//
// After `breaker_after` deadlines in a row nothing is asked for `breaker_pause`; then one call is,
// and its answer shows that the plugin is back. Each track has a breaker of its own: that names are
// read says nothing of whether passwords are checked. A call that has not begun at its deadline was
// kept waiting by others: it says nothing of the plugin, unless nothing else has begun meanwhile.
//
// Thread: any. Stop before the shards go; what is answered later is dropped.
// Owns:   the threads that call the plugin (runtime/crew.h).
// Errors: kUnavailable of the gate, a sentence with the name of the plugin; others are the call's.
// Cost:   a short lock to begin and one to end; with Run a timer of the shard as well.
class CallGate {
 public:
  template <typename T>
  using Done = absl::AnyInvocable<void(absl::StatusOr<T>)>;
  // A group of functions of the plugin that fail together; the adapter of a kind numbers them.
  using Track = std::uint8_t;
  static constexpr std::size_t kTracks = 8;

  // `plugin`: "auth_basic", for the log and for errors.
  CallGate(std::string plugin, const CallRules& rules);
  ~CallGate();
  CallGate(const CallGate&) = delete;
  CallGate& operator=(const CallGate&) = delete;

  const std::string& plugin() const;
  const CallRules& rules() const;
  CallGateCounts counts() const;
  // OK unless a breaker is open.
  absl::Status Health() const;

  // On the shard's thread: runs `work`, a function that returns StatusOr<T> or T, on a thread of
  // the plugin; `done` is called on `shard` in a later turn. `work` owns what it touches: nobody
  // waits for it after the deadline.
  template <typename T, typename Work>
  void Run(Shard& shard, Track track, Work work, Done<T> done);

  // The answer to a call that a plugin completes when it likes, on any thread.
  template <typename T>
  class Answer;
  // As Run, for such a call: `begin` gets the Answer and hands it to the plugin, at once; it is not
  // called when the call is refused.
  template <typename T, typename BeginCall>
  void Ask(Shard& shard, Track track, BeginCall begin, Done<T> done);

  // The same for threads that may block, or for a shard with little `patience`: waits for `work`.
  template <typename T, typename Work>
  absl::StatusOr<T> Wait(Track track, Work work, absl::Duration patience);
  template <typename T, typename Work>
  absl::StatusOr<T> Wait(Track track, Work work) {
    return Wait<T>(track, std::move(work), rules().deadline);
  }

  // Refuses new calls, drops those that wait and lets those that run end, at most until `deadline`.
  // False: some still run. Their answers come to nothing.
  bool Stop(absl::Time deadline);

 private:
  struct Inside;
  // One call, from its admission to its end; what happens to it is told by the functions below.
  struct Call;
  using CallPtr = std::shared_ptr<Call>;
  // The half of a call that is confined to its shard, kept by the timer of its deadline.
  template <typename T>
  struct Pending;
  // Where a thread waits for an answer.
  template <typename T>
  struct Slot;

  // Runs `work` and is rid of it, with what it owns, before anybody hears of the answer.
  template <typename T, typename Work>
  static absl::StatusOr<T> Use(Work&& work);

  absl::StatusOr<CallPtr> Admit(absl::Time now, Track track);
  void Submit(Task task);
  template <typename T>
  static void AwaitDeadline(std::shared_ptr<Pending<T>> pending, absl::Duration delay);
  template <typename T>
  Answer<T> Expect(Shard& shard, CallPtr call, Done<T> done) const;

  enum class By : std::uint8_t { kCrew, kPlugin };  // whose thread it is on
  // The call's turn has come. False: it was given up before.
  static bool Begin(Call& call, By by);
  // The plugin has answered. False: nobody waits for it any more.
  static bool End(Call& call);
  // Unless the gate is stopped: then there may be no shard.
  static void Post(const Call& call, Shard& shard, Task task);
  // For a call at its deadline: how much longer it may take.
  static absl::Duration MoreTimeFor(const Call& call);
  // The reason; OK if it has just been answered.
  static absl::Status GiveUp(Call& call, absl::Time now);
  static absl::Duration DeadlineOf(const Call& call);
  // How long a thread sleeps before it looks whether the gate was stopped.
  static constexpr absl::Duration kSlice = absl::Milliseconds(100);
  static bool IsStopped(const Call& call);

  const std::shared_ptr<Inside> inside_;  // with the calls that outlive the gate
};

template <typename T>
struct CallGate::Pending {
  Shard& shard;
  const CallPtr call;
  Done<T> done;
  TimerId timer = TimerId::kNone;
};

// Thread: any. A plain value; of several answers to a call the first one counts.
template <typename T>
class CallGate::Answer {
 public:
  void operator()(absl::StatusOr<T> value) const {
    if (!End(*call_)) return;
    Post(*call_, *shard_, [weak = pending_, value = std::move(value)]() mutable {
      const std::shared_ptr<Pending<T>> pending = weak.lock();
      if (pending == nullptr) return;
      pending->shard.CancelTimer(pending->timer);
      std::move(pending->done)(std::move(value));
    });
  }

 private:
  friend class CallGate;
  Answer(Shard& shard, CallPtr call, std::weak_ptr<Pending<T>> pending)
      : shard_(&shard), call_(std::move(call)), pending_(std::move(pending)) {}

  Shard* shard_;  // looked at while the gate is not stopped
  CallPtr call_;
  std::weak_ptr<Pending<T>> pending_;
};

template <typename T>
struct CallGate::Slot {
  Mutex mutex;
  std::condition_variable_any ready;
  std::optional<absl::StatusOr<T>> value ABSL_GUARDED_BY(mutex);
};

template <typename T>
void CallGate::AwaitDeadline(std::shared_ptr<Pending<T>> pending, absl::Duration delay) {
  Pending<T>& one = *pending;
  one.timer = one.shard.StartTimer(delay, [pending = std::move(pending)]() mutable {
    const absl::Duration more = MoreTimeFor(*pending->call);
    if (more > absl::ZeroDuration()) return AwaitDeadline(std::move(pending), more);
    const absl::Status why = GiveUp(*pending->call, pending->shard.Now());
    if (!why.ok()) return std::move(pending->done)(why);
    // The answer is on its way here and wants to find `done`.
    const absl::Duration deadline = DeadlineOf(*pending->call);
    AwaitDeadline(std::move(pending), deadline);
  });
}

template <typename T>
CallGate::Answer<T> CallGate::Expect(Shard& shard, CallPtr call, Done<T> done) const {
  auto pending = std::make_shared<Pending<T>>(Pending<T>{shard, call, std::move(done)});
  Answer<T> answer(shard, std::move(call), pending);
  AwaitDeadline(std::move(pending), rules().deadline);
  return answer;
}

template <typename T, typename Work>
absl::StatusOr<T> CallGate::Use(Work&& work) {
  Work mine = std::move(work);
  return mine();
}

template <typename T, typename Work>
void CallGate::Run(Shard& shard, Track track, Work work, Done<T> done) {
  absl::StatusOr<CallPtr> call = Admit(shard.Now(), track);
  if (!call.ok()) {
    return shard.Post([done = std::move(done), why = call.status()]() mutable { done(why); });
  }
  const Answer<T> answer = Expect<T>(shard, *call, std::move(done));
  Submit([call = *std::move(call), answer, work = std::move(work)]() mutable {
    if (!Begin(*call, By::kCrew)) return;
    absl::StatusOr<T> value = Use<T>(std::move(work));
    answer(std::move(value));
  });
}

template <typename T, typename BeginCall>
void CallGate::Ask(Shard& shard, Track track, BeginCall begin, Done<T> done) {
  absl::StatusOr<CallPtr> call = Admit(shard.Now(), track);
  if (!call.ok()) {
    return shard.Post([done = std::move(done), why = call.status()]() mutable { done(why); });
  }
  const Answer<T> answer = Expect<T>(shard, *call, std::move(done));
  Begin(**call, By::kPlugin);
  begin(answer);
}

template <typename T, typename Work>
absl::StatusOr<T> CallGate::Wait(Track track, Work work, absl::Duration patience) {
  absl::StatusOr<CallPtr> call = Admit(absl::Now(), track);
  if (!call.ok()) return call.status();
  auto slot = std::make_shared<Slot<T>>();
  Submit([call = *call, slot, work = std::move(work)]() mutable {
    if (!Begin(*call, By::kCrew)) return;
    absl::StatusOr<T> value = Use<T>(std::move(work));
    if (!End(*call)) return;
    const MutexLock lock(slot->mutex);
    slot->value = std::move(value);
    slot->ready.notify_one();
  });
  const bool is_patient = patience >= rules().deadline;
  absl::Time until = absl::Now() + patience;
  const MutexLock lock(slot->mutex);
  for (;;) {
    while (!slot->value.has_value() && absl::Now() < until && !IsStopped(**call)) {
      slot->ready.wait_until(slot->mutex,
                             absl::ToChronoTime(std::min(until, absl::Now() + kSlice)));
    }
    if (slot->value.has_value()) return *std::move(slot->value);
    const absl::Duration more = is_patient ? MoreTimeFor(**call) : absl::ZeroDuration();
    if (more == absl::ZeroDuration() || IsStopped(**call)) {
      const absl::Status why = GiveUp(**call, absl::Now());
      if (!why.ok()) return why;
    }
    until = absl::Now() + std::max(more, absl::Milliseconds(1));  // or the answer is on its way
  }
}

}  // namespace molva::runtime
