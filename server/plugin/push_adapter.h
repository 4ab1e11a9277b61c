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
#include "runtime/mutex.h"

namespace molva::plugin {

struct PushOptions {
  std::size_t max_queued = 4096;  // receipts; further ones are dropped and counted
  // The push service does not know `device` any more. On a thread of the plugin.
  std::function<void(model::UserId user, std::string device)> on_gone;
};

// Sums since the start, for metrics.
struct PushCounts {
  std::uint64_t dropped = 0;  // receipts that found the queue full
  std::uint64_t sent = 0;     // devices
  std::uint64_t failed = 0;
  std::uint64_t gone = 0;
};

// Owns: the plugin's instance and the thread. Going, it lets the push that runs end early and drops
//       what waits.
// Thread: any, several at once.
class PushPlugin final : public push::Pusher {
 public:
  // Opens the plugin with its part of the configuration, a JSON object.
  // Errors: what the plugin says, prefixed with its name.
  static absl::StatusOr<std::unique_ptr<PushPlugin>> Open(const Library& library,
                                                          const std::string& config,
                                                          PushOptions options);
  ~PushPlugin() override;
  PushPlugin(const PushPlugin&) = delete;
  PushPlugin& operator=(const PushPlugin&) = delete;

  std::string_view name() const { return name_; }
  // What browsers subscribe with, in base64url; empty if they do not.
  const std::string& web_key() const { return web_key_; }
  void Push(push::ReceiptPtr receipt) override;
  PushCounts counts() const;
  // How the plugin fares, for metrics; outlives this as long as somebody holds it.
  std::shared_ptr<const CallStats> calls() const { return calls_; }
  // Receipts that wait.
  std::size_t queued() const;

 private:
  PushPlugin(const Library& library, PushOptions options);
  static void OnGone(void* context, std::uint64_t user, molva_text device);
  void Run();
  // The next receipt; null once it goes.
  push::ReceiptPtr Take();
  void Hand(const push::Receipt& receipt);

  const molva_push_api& api_;
  const std::string name_;
  const PushOptions options_;
  const std::shared_ptr<CallStats> calls_;  // shared with the metrics
  HostApi host_;
  const molva_push_client client_;
  molva_push* instance_ = nullptr;
  std::string web_key_;

  mutable runtime::Mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<push::ReceiptPtr> queue_ ABSL_GUARDED_BY(mutex_);
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> gone_{0};
  std::thread thread_;
};

}  // namespace molva::plugin
