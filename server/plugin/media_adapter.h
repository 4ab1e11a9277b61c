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

namespace molva::plugin {

// Owns: the plugin's instance; closes it when it goes, and outlives its writers and readers.
// Thread, errors: as media::Media says. What a plugin may not answer is kInternal.
class MediaPlugin final : public media::Media {
 public:
  // Opens the plugin with its part of the configuration, a JSON object.
  // Errors: what the plugin says, prefixed with its name.
  static absl::StatusOr<std::unique_ptr<MediaPlugin>> Open(const Library& library,
                                                           const std::string& config);
  ~MediaPlugin() override;
  MediaPlugin(const MediaPlugin&) = delete;
  MediaPlugin& operator=(const MediaPlugin&) = delete;

  absl::StatusOr<std::unique_ptr<media::FileWriter>> Create(const std::string& id,
                                                            const std::string& mime) override;
  absl::StatusOr<std::unique_ptr<media::FileReader>> Open(const std::string& location) override;
  absl::StatusOr<std::optional<std::string>> UrlOf(const std::string& location) override;
  absl::Status Remove(const std::string& location) override;
  // How the plugin fares, for metrics; outlives this as long as somebody holds it.
  std::shared_ptr<const CallStats> calls() const { return calls_; }

 private:
  explicit MediaPlugin(const Library& library);

  const molva_media_api& api_;
  const std::shared_ptr<CallStats> calls_;  // shared with the metrics
  HostApi host_;
  molva_media* instance_ = nullptr;
};

}  // namespace molva::plugin
