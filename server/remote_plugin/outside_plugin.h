// One plugin: what it is asked, what waits to be told to it, how it fares. Private to
// server/remote_plugin.
#pragma once

#include <deque>
#include <string>

#include "base/breaker.h"
#include "base/random.h"
#include "remote_plugin/channel.h"
#include "remote_plugin/options.h"
#include "remote_plugin/plugin_stats.h"
#include "wire/plugin_messages.h"

namespace molva::remote_plugin {

// Asks go out as they come, but for what must wait until fewer are under way; events one after the
// other, each when the one before was taken.
//
// Thread:  the loop's; Wants, TakeSlot and the stats from any.
// Borrows: the loop, which outlives it.
// Bounds:  calls_at_once, and kMaxWaiting asks behind them; event_queue.
class OutsidePlugin {
 public:
  // Gets the answer, or why there is none; says what is wrong with an answer.
  using Done = absl::AnyInvocable<absl::Status(absl::StatusOr<std::string>)>;

  OutsidePlugin(CallLoop& loop, PluginOptions options, std::size_t max_answer_bytes);

  const PluginOptions& options() const { return options_; }

  // `done` is called once, perhaps from inside the call.
  // Errors: those of the channel; kResourceExhausted over kMaxWaiting, or if its turn did not come
  //         within the timeout; kUnavailable while the breaker is open.
  void Ask(Method method, const std::string& request, Done done);

  // Whether the plugin is to hear of `event`.
  bool Wants(const wire::PluginEvent& event) const;
  // A place in the queue for an event that will be told. False if there is none: it is dropped and
  // counted.
  [[nodiscard]] bool TakeSlot();
  // For who has a slot. `bytes`: the event as it is sent.
  void Tell(const wire::PluginEvent& event, const std::string& bytes);

  PluginStats& stats() { return stats_; }

 private:
  static constexpr std::size_t kMaxWaiting = 16'384;

  struct Waiting {
    Method method;
    std::string bytes;
  };
  struct WaitingAsk {
    Method method;
    std::string request;
    Done done;
    absl::Time since;
  };
  void AskNow(Method method, const std::string& request, Done done);
  void AskWaiting();
  void Refuse(Method method, const absl::Status& why, Done done);
  void Call(Method method, const std::string& request, base::Breaker::Permit permit, Done done);
  void OnOutcome(const absl::Status& status);
  void TellNext();
  void OnTold(const absl::Status& status);

  CallLoop& loop_;
  const PluginOptions options_;
  base::SystemRandom random_;
  base::Breaker breaker_;
  PluginChannel channel_;
  PluginStats stats_;
  std::size_t asking_ = 0;
  std::deque<WaitingAsk> asks_;
  std::deque<Waiting> events_;
  bool is_telling_ = false;
  bool waits_for_breaker_ = false;
};

}  // namespace molva::remote_plugin
