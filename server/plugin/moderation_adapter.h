// A moderation plugin as moderation::Judge: a queue, and the one thread that calls the plugin.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <string>
#include <thread>

#include "moderation/judge.h"
#include "molva/moderation_plugin.h"
#include "plugin/call_stats.h"
#include "plugin/host_api.h"
#include "plugin/library.h"
#include "runtime/mutex.h"

namespace molva::plugin {

struct ModerationOptions {
  std::size_t max_waiting = 4096;           // cases without an answer; further ones fail at once
  std::size_t max_content_bytes = 1 << 20;  // of what a verdict replaces
};

// Owns:   the plugin's instance and the thread. Going, it answers nobody who still waits, and waits
//         for the call that is running: see Stop.
// Thread: any, several at once. A plugin that hangs in a call holds its own thread alone.
class ModerationPlugin final : public moderation::Judge {
 public:
  // Opens the plugin with its part of the configuration, a JSON object.
  // Errors: what the plugin says, prefixed with its name.
  static absl::StatusOr<std::unique_ptr<ModerationPlugin>> Open(const Library& library,
                                                                const std::string& config,
                                                                ModerationOptions options = {});
  ~ModerationPlugin() override;
  ModerationPlugin(const ModerationPlugin&) = delete;
  ModerationPlugin& operator=(const ModerationPlugin&) = delete;

  // moderation::Judge
  std::string_view name() const override { return name_; }
  bool Wants(moderation::Subject what) const override;
  Ticket Ask(std::shared_ptr<const moderation::Case> what, Answer answer) override;
  void Forget(Ticket ticket) override;

  // Asks the plugin nothing more. False: it has not come back from a call within `grace`; then
  // neither plugin nor this can be given back, and the process must end without.
  [[nodiscard]] bool Stop(absl::Duration grace);

  // Answers that nobody waited for, since the start.
  std::uint64_t late() const { return late_; }
  // Cases without an answer.
  std::size_t waiting() const;
  // How the plugin fares, for metrics; outlives this as long as somebody holds it.
  std::shared_ptr<const CallStats> calls() const { return calls_; }

 private:
  struct Waiting {
    Answer answer;
    CallStats::Clock::time_point since;
  };
  struct Queued {
    Ticket ticket = 0;
    std::shared_ptr<const moderation::Case> what;
  };

  ModerationPlugin(const Library& library, ModerationOptions options);
  static void OnDecide(void* context, std::uint64_t token, const molva_verdict* verdict);
  void Decide(Ticket ticket, absl::StatusOr<moderation::Verdict> verdict);
  void Run();
  // The next case that somebody still waits for; without a case once it goes.
  Queued Take();

  const molva_moderation_api& api_;
  const std::string name_;
  const ModerationOptions options_;
  const std::shared_ptr<CallStats> calls_;  // shared with the metrics
  HostApi host_;
  const molva_moderation_client client_;
  molva_moderation* instance_ = nullptr;

  mutable runtime::Mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Queued> queue_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<Ticket, Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  Ticket last_ticket_ ABSL_GUARDED_BY(mutex_) = 0;
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_ended_ ABSL_GUARDED_BY(mutex_) = false;  // the thread calls nothing more
  std::atomic<std::uint64_t> late_{0};
  std::thread thread_;
};

}  // namespace molva::plugin
