// How the calls of a plugin fare: how many there were, what became of them, how long they took.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "molva/plugin.h"

namespace molva::plugin {

// kRefused: the plugin did its work, and the answer is no. kFailed: it could not.
enum class CallOutcome : std::uint8_t { kOk, kRefused, kFailed };
inline constexpr std::array<std::string_view, 3> kCallOutcomes = {"ok", "refused", "failed"};

CallOutcome OutcomeOf(molva_code code);

// Sums since the start, of one plugin.
//
// Thread: any.
// Cost:   three relaxed additions a call; no lock, no allocation.
class CallStats {
 public:
  using Clock = std::chrono::steady_clock;
  // Upper bounds of how long a call took, in seconds.
  static constexpr std::array<double, 6> kBounds = {0.0001, 0.001, 0.01, 0.1, 1, 10};

  // `plugin`: "auth_basic". `calls`: their names, by number; one without a name is never made.
  CallStats(std::string plugin, std::span<const std::string_view> calls)
      : plugin_(std::move(plugin)), names_(calls), calls_(calls.size()) {}

  // A number beyond all names counts as the first one.
  void Count(std::size_t call, CallOutcome outcome, Clock::duration took);

  const std::string& plugin() const { return plugin_; }
  // How often the call of that number came to `outcome`.
  std::uint64_t CountOf(std::size_t call, CallOutcome outcome) const {
    return calls_[call].outcomes[static_cast<std::size_t>(outcome)].load(std::memory_order_relaxed);
  }

  struct Sum {
    std::string_view call;
    std::array<std::uint64_t, kCallOutcomes.size()> outcomes{};
    std::array<std::uint64_t, kBounds.size() + 1> below{};  // cumulative; the last one is all
    double seconds = 0;
  };
  // Of the calls that were made at least once.
  std::vector<Sum> Read() const;

 private:
  struct Call {
    std::array<std::atomic<std::uint64_t>, kCallOutcomes.size()> outcomes{};
    std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> buckets{};
    std::atomic<std::int64_t> nanoseconds{0};
  };

  const std::string plugin_;
  const std::span<const std::string_view> names_;  // static
  std::vector<Call> calls_;
};

// One call, from its construction to its answer.
class CallTimer {
 public:
  // `call`: an enumerator that numbers the names of `stats`.
  template <typename Call>
  CallTimer(CallStats& stats, Call call)
      : stats_(stats), call_(static_cast<std::size_t>(call)), since_(CallStats::Clock::now()) {}
  CallTimer(const CallTimer&) = delete;
  CallTimer& operator=(const CallTimer&) = delete;

  // Counts the answer and hands it on.
  molva_code Answered(molva_code code) {
    Answered(OutcomeOf(code));
    return code;
  }
  void Answered(CallOutcome outcome) {
    stats_.Count(call_, outcome, CallStats::Clock::now() - since_);
  }

 private:
  CallStats& stats_;
  const std::size_t call_;
  const CallStats::Clock::time_point since_;
};

}  // namespace molva::plugin
