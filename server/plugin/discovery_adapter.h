// A discovery plugin: a queue, the one thread that calls the plugin, and who waits for answers.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "molva/discovery_plugin.h"
#include "plugin/call_stats.h"
#include "plugin/host_api.h"
#include "plugin/library.h"
#include "runtime/mutex.h"

namespace molva::plugin {

// Owns:   the plugin's instance and the thread. Going, it waits for the call that is running: see
//         Stop.
// Thread: any, several at once. A plugin that hangs in a call holds its own thread alone.
class DiscoveryPlugin {
 public:
  // Opens the plugin with its part of the configuration, a JSON object.
  // Errors: what the plugin says, prefixed with its name.
  static absl::StatusOr<std::unique_ptr<DiscoveryPlugin>> Open(const Library& library,
                                                               const std::string& config);
  ~DiscoveryPlugin();
  DiscoveryPlugin(const DiscoveryPlugin&) = delete;
  DiscoveryPlugin& operator=(const DiscoveryPlugin&) = delete;

  std::string_view name() const { return name_; }
  // What the plugin has as the key document of `domain`; nothing of it is checked but its length.
  // Blocks, for `deadline` at most.
  // Errors: kNotFound; kUnavailable: no answer in time, or too many wait; kInvalidArgument: an
  //         answer that is none.
  absl::StatusOr<std::string> Find(const std::string& domain, absl::Duration deadline);
  // Tells the plugin who this node is. Blocks, likewise.
  // Errors: as Find; kUnimplemented: the plugin tells nobody.
  absl::Status Announce(const std::string& domain, const std::string& document,
                        absl::Duration deadline);

  // Asks the plugin nothing more; who waits has no answer. False: it has not come back from a call
  // within `grace`; then neither plugin nor this can be given back.
  [[nodiscard]] bool Stop(absl::Duration grace);
  // Answers that nobody waited for, since the start.
  std::uint64_t late() const { return late_; }
  // How the plugin fares, for metrics; outlives this as long as somebody holds it.
  std::shared_ptr<const CallStats> calls() const { return calls_; }

 private:
  struct Question {
    std::uint64_t token = 0;  // zero: there is none
    std::string domain;
    std::optional<std::string> document;  // of an announcement
  };
  using Answer = absl::StatusOr<std::string>;
  // Empty until it comes. Shared by who waits and who answers.
  using Slot = std::shared_ptr<std::optional<Answer>>;

  explicit DiscoveryPlugin(const Library& library);
  static void OnAnswer(void* context, std::uint64_t token, molva_code code, molva_text document,
                       molva_text why);
  Answer Ask(Question question, absl::Duration deadline);
  void Run();
  Question Take();

  const molva_discovery_api& api_;
  const std::string name_;
  const std::shared_ptr<CallStats> calls_;  // shared with the metrics
  HostApi host_;
  const molva_discovery_client client_;
  molva_discovery* instance_ = nullptr;

  mutable runtime::Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Question> queue_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::uint64_t, Slot> waiting_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t last_token_ ABSL_GUARDED_BY(mutex_) = 0;
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_ended_ ABSL_GUARDED_BY(mutex_) = false;  // the thread calls nothing more
  std::atomic<std::uint64_t> late_{0};
  std::thread thread_;
};

}  // namespace molva::plugin
