// A push plugin as push::Pusher: a queue, and the one thread that calls the plugin.
#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "model/user_id.h"
#include "molva/push_plugin.h"
#include "plugin/call_stats.h"
#include "plugin/host_api.h"
#include "plugin/library.h"
#include "push/receipt.h"
#include "runtime/call_gate.h"
#include "runtime/mutex.h"

namespace molva::plugin {

struct PushOptions {
  std::size_t max_queued = 4096;  // receipts; further ones are dropped and counted
  // The push service does not know `device` any more. On a thread of the plugin.
  std::function<void(model::UserId user, std::string device)> on_gone;
};

// Sums since the start, for metrics.
struct PushCounts {
  std::uint64_t dropped = 0;  // receipts that found the queue full or the plugin without answer
  std::uint64_t sent = 0;     // devices
  std::uint64_t failed = 0;
  std::uint64_t gone = 0;
};

// Owns: the plugin's instance and the thread. Going, it lets the push that runs end early and drops
//       what waits. The instance closes when no push runs any more, of those that were given up
//       too.
// Failure: a receipt that is not taken in time is lost, as is one that comes while the plugin is
// left
//       alone: both are counted as dropped, and people see what they missed when they come.
// Thread: any, several at once.
class PushPlugin final : public push::Pusher {
 public:
  // Opens the plugin with its part of the configuration, a JSON object.
  // Errors: what the plugin says, prefixed with its name.
  static absl::StatusOr<std::unique_ptr<PushPlugin>> Open(const Library& library,
                                                          const std::string& config,
                                                          PushOptions options,
                                                          const runtime::CallRules& rules = {});
  ~PushPlugin() override;
  PushPlugin(const PushPlugin&) = delete;
  PushPlugin& operator=(const PushPlugin&) = delete;

  std::string_view name() const { return name_; }
  // What browsers subscribe with, in base64url; empty if they do not.
  const std::string& web_key() const { return web_key_; }
  void Push(push::ReceiptPtr receipt) override;
  PushCounts counts() const;
  // How the plugin fares, for metrics; outlives this as long as somebody holds it.
  std::shared_ptr<const CallStats> calls() const;
  std::shared_ptr<runtime::CallGate> shared_gate() const { return gate_; }
  // Receipts that wait.
  std::size_t queued() const;

 private:
  // What calls touch.
  struct Held;
  PushPlugin(const Library& library, PushOptions options, const runtime::CallRules& rules);
  void Run();
  // The next receipt; null once it goes.
  push::ReceiptPtr Take();

  const std::string name_;
  const std::size_t max_queued_;
  const std::shared_ptr<Held> held_;               // with the calls
  const std::shared_ptr<runtime::CallGate> gate_;  // shared with the metrics
  std::string web_key_;

  mutable runtime::Mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<push::ReceiptPtr> queue_ ABSL_GUARDED_BY(mutex_);
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::atomic<std::uint64_t> dropped_{0};
  std::thread thread_;
};

}  // namespace molva::plugin
