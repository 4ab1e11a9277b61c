// A media plugin as media::Media.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <optional>
#include <string>

#include "media/media.h"
#include "molva/media_plugin.h"
#include "plugin/call_stats.h"
#include "plugin/host_api.h"
#include "plugin/library.h"
#include "runtime/call_gate.h"

namespace molva::plugin {

// Owns: the plugin's instance, with its writers and readers; it closes with the last of them and of
//       the calls that were given up.
// Thread, errors: as media::Media says. What a plugin may not answer is kInternal; kUnavailable
// from
//       one that does not answer: the writer or reader is then of no use any more.
class MediaPlugin final : public media::Media {
 public:
  // Opens the plugin with its part of the configuration, a JSON object.
  // Errors: what the plugin says, prefixed with its name.
  static absl::StatusOr<std::unique_ptr<MediaPlugin>> Open(const Library& library,
                                                           const std::string& config,
                                                           const runtime::CallRules& rules = {});
  ~MediaPlugin() override;
  MediaPlugin(const MediaPlugin&) = delete;
  MediaPlugin& operator=(const MediaPlugin&) = delete;

  absl::StatusOr<std::unique_ptr<media::FileWriter>> Create(const std::string& id,
                                                            const std::string& mime) override;
  absl::StatusOr<std::unique_ptr<media::FileReader>> Open(const std::string& location) override;
  absl::StatusOr<std::optional<std::string>> UrlOf(const std::string& location) override;
  absl::Status Remove(const std::string& location) override;
  // How the plugin fares, for metrics; outlives this as long as somebody holds it.
  std::shared_ptr<const CallStats> calls() const;
  std::shared_ptr<runtime::CallGate> shared_gate() const { return gate_; }

 private:
  struct Held;
  MediaPlugin(const Library& library, const runtime::CallRules& rules);

  const std::shared_ptr<Held> held_;               // with the calls
  const std::shared_ptr<runtime::CallGate> gate_;  // with the metrics, writers and readers
};

}  // namespace molva::plugin
