#include "runtime/call_gate.h"

#include <fmt/core.h>

#include <chrono>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "base/random.h"
#include "runtime/crew.h"

namespace molva::runtime {
namespace {

using base::Breaker;

Breaker::Options BreakerOptions(const CallRules& rules) {
  return {.failures = rules.breaker_after,
          .first_wait = rules.breaker_pause,
          .longest_wait = rules.breaker_pause,
          .least_wait = rules.breaker_pause};
}

// What is to be said of a plugin once, when it changes.
enum class News { kNone, kIsGone, kIsBack };

std::string TextOf(absl::Duration duration) { return absl::FormatDuration(duration); }

}  // namespace

struct CallGate::Inside {
  Inside(std::string name, const CallRules& call_rules)
      : plugin(std::move(name)),
        rules(call_rules),
        crew(plugin, rules.threads),
        breakers(kTracks, Breaker(BreakerOptions(rules), random)) {}

  Breaker::State Worst() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    Breaker::State worst = Breaker::State::kClosed;
    for (const Breaker& breaker : breakers) {
      if (breaker.state() == Breaker::State::kOpen) return breaker.state();
      if (breaker.state() == Breaker::State::kProbing) worst = breaker.state();
    }
    return worst;
  }
  // Call whenever a breaker has heard something.
  News Look() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    const bool is_open = Worst() != Breaker::State::kClosed;
    // From the first probe on it is the same trouble.
    if (is_open == was_open) return News::kNone;
    was_open = is_open;
    return is_open ? News::kIsGone : News::kIsBack;
  }
  void Tell(News news) const {
    if (news == News::kIsGone) {
      base::LogError("a plugin does not answer and is left alone for a while",
                     {{"plugin", plugin},
                      {"deadline", TextOf(rules.deadline)},
                      {"pause", TextOf(rules.breaker_pause)}});
    } else if (news == News::kIsBack) {
      base::LogInfo("a plugin answers again", {{"plugin", plugin}});
    }
  }

  const std::string plugin;
  const CallRules rules;
  Crew crew;
  mutable Mutex mutex;
  base::SystemRandom random ABSL_GUARDED_BY(mutex);
  std::vector<Breaker> breakers ABSL_GUARDED_BY(mutex);  // by track
  CallGateCounts counts ABSL_GUARDED_BY(mutex);          // but for the state
  std::uint64_t begun ABSL_GUARDED_BY(mutex) = 0;
  bool was_open ABSL_GUARDED_BY(mutex) = false;
  bool is_stopped ABSL_GUARDED_BY(mutex) = false;
};

// Guarded by the mutex of `inside`, but for what is const.
struct CallGate::Call {
  enum class Phase : std::uint8_t { kWaits, kRuns, kAnswered, kGivenUp };

  const std::shared_ptr<Inside> inside;
  const Track track;
  const Breaker::Permit permit;
  const std::uint64_t begun_before;  // how many had begun when it was admitted
  Phase phase = Phase::kWaits;
  By by = By::kCrew;
  std::optional<std::chrono::steady_clock::time_point> since =
      std::nullopt;  // it runs, on a thread of the crew
  bool is_over = false;
  bool is_replaced = false;  // the crew has another thread for that of this one
};

CallGate::CallGate(std::string plugin, const CallRules& rules)
    : inside_(std::make_shared<Inside>(std::move(plugin), rules)) {}

CallGate::~CallGate() { Stop(absl::InfinitePast()); }

const std::string& CallGate::plugin() const { return inside_->plugin; }

const CallRules& CallGate::rules() const { return inside_->rules; }

CallGateCounts CallGate::counts() const {
  const MutexLock lock(inside_->mutex);
  CallGateCounts counts = inside_->counts;
  counts.state = inside_->Worst();
  return counts;
}

absl::Status CallGate::Health() const {
  const MutexLock lock(inside_->mutex);
  if (!inside_->was_open) return absl::OkStatus();
  return absl::UnavailableError(fmt::format("plugin {} does not answer", inside_->plugin));
}

absl::StatusOr<CallGate::CallPtr> CallGate::Admit(absl::Time now, Track track) {
  MOLVA_CHECK(track < kTracks, "no such track");
  Inside& inside = *inside_;
  const MutexLock lock(inside.mutex);
  if (inside.is_stopped) {
    return absl::UnavailableError(fmt::format("plugin {} is stopped", inside.plugin));
  }
  if (inside.counts.held >= inside.rules.max_held) {
    ++inside.counts.refused_full;
    return absl::UnavailableError(
        fmt::format("plugin {} has {} calls to answer", inside.plugin, inside.counts.held));
  }
  const Breaker::Permit permit = inside.breakers[track].Admit(now);
  if (permit == Breaker::Permit::kNo) {
    ++inside.counts.refused_open;
    return absl::UnavailableError(
        fmt::format("plugin {} did not answer and is left alone", inside.plugin));
  }
  ++inside.counts.held;
  return std::make_shared<Call>(Call{inside_, track, permit, inside.begun});
}

void CallGate::Submit(Task task) {
  // A crew refuses when it is stopped: then nobody waits any more.
  [[maybe_unused]] const bool was_taken = inside_->crew.Submit(std::move(task));
}

bool CallGate::Begin(Call& call, By by) {
  Inside& inside = *call.inside;
  const MutexLock lock(inside.mutex);
  if (call.phase == Call::Phase::kGivenUp) {
    --inside.counts.held;
    return false;
  }
  ++inside.begun;
  call.phase = Call::Phase::kRuns;
  call.by = by;
  if (by == By::kCrew) call.since = std::chrono::steady_clock::now();
  return true;
}

bool CallGate::End(Call& call) {
  Inside& inside = *call.inside;
  News news = News::kNone;
  {
    const MutexLock lock(inside.mutex);
    if (call.is_over) {
      ++inside.counts.second;
      return false;
    }
    call.is_over = true;
    --inside.counts.held;
    if (call.is_replaced) inside.crew.GetOneBack();
    if (call.phase == Call::Phase::kGivenUp) {
      ++inside.counts.late;
      return false;
    }
    call.phase = Call::Phase::kAnswered;
    inside.breakers[call.track].OnSuccess();
    news = inside.Look();
  }
  inside.Tell(news);
  return true;
}

void CallGate::Post(const Call& call, Shard& shard, Task task) {
  const MutexLock lock(call.inside->mutex);
  if (!call.inside->is_stopped) shard.Post(std::move(task));
}

absl::Duration CallGate::DeadlineOf(const Call& call) { return call.inside->rules.deadline; }

bool CallGate::IsStopped(const Call& call) {
  const MutexLock lock(call.inside->mutex);
  return call.inside->is_stopped;
}

absl::Duration CallGate::MoreTimeFor(const Call& call) {
  const MutexLock lock(call.inside->mutex);
  if (call.phase != Call::Phase::kRuns || !call.since.has_value()) return absl::ZeroDuration();
  const auto ran = absl::FromChrono(std::chrono::steady_clock::now() - *call.since);
  return std::max(absl::ZeroDuration(), call.inside->rules.deadline - ran);
}

absl::Status CallGate::GiveUp(Call& call, absl::Time now) {
  Inside& inside = *call.inside;
  News news = News::kNone;
  bool was_running = false;
  {
    const MutexLock lock(inside.mutex);
    if (call.phase == Call::Phase::kAnswered) return absl::OkStatus();
    was_running = call.phase == Call::Phase::kRuns;
    call.phase = Call::Phase::kGivenUp;
    ++(was_running ? inside.counts.timeouts : inside.counts.refused_full);
    if (was_running && call.by == By::kCrew) call.is_replaced = inside.crew.GiveUpOne();
    if (was_running || call.permit == Breaker::Permit::kProbe ||
        inside.begun == call.begun_before) {
      inside.breakers[call.track].OnFailure(now);
    }
    news = inside.Look();
  }
  inside.Tell(news);
  return absl::UnavailableError(
      was_running
          ? fmt::format("plugin {} has not answered in time", inside.plugin)
          : fmt::format("plugin {} is busy, the turn of the call has not come", inside.plugin));
}

bool CallGate::Stop(absl::Time deadline) {
  {
    const MutexLock lock(inside_->mutex);
    inside_->is_stopped = true;
  }
  return inside_->crew.Stop(deadline);
}

}  // namespace molva::runtime
