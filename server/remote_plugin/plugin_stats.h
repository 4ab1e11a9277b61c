// How a plugin fares, for metrics.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

#include <absl/time/time.h>

namespace molva::remote_plugin {

enum class Method : std::uint8_t { kFireHose, kFind, kAccount, kTopic, kSubscription, kMessage };
inline constexpr std::array<std::string_view, 6> kMethodNames = {
    "FireHose", "Find", "Account", "Topic", "Subscription", "Message"};
inline std::string_view NameOf(Method method) {
  return kMethodNames[static_cast<std::size_t>(method)];
}

enum class Outcome : std::uint8_t { kOk, kFailed, kRubbish, kRefused };
inline constexpr std::array<std::string_view, 4> kOutcomeNames = {"ok", "failed", "rubbish",
                                                                  "refused"};

// Sums since the start. Thread: any.
struct PluginStats {
  using PerOutcome = std::array<std::atomic<std::uint64_t>, kOutcomeNames.size()>;

  // kRefused: the breaker was open, or too many were under way; nothing was sent.
  std::array<PerOutcome, kMethodNames.size()> calls{};
  std::atomic<std::uint64_t> dropped{0};  // events that found the queue full, or failed for good
  std::atomic<std::size_t> queued{0};     // events that wait now
  std::atomic<bool> is_open{false};       // the breaker is, or waits for its probe
  // Told how long each call took. Set before the start.
  std::function<void(Method method, absl::Duration took)> observe;

  void Count(Method method, Outcome outcome) {
    ++calls[static_cast<std::size_t>(method)][static_cast<std::size_t>(outcome)];
  }
};

}  // namespace molva::remote_plugin
