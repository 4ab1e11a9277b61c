// The plugins among federation.sources.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/plugin_board.h"
#include "config/config.h"
#include "federation/discovery/pool_source.h"
#include "plugin/discovery_adapter.h"

namespace molva::app {

// The words of federation.sources that are no plugins.
inline constexpr std::string_view kWellKnownSource = "well-known";
inline constexpr std::string_view kDnsSource = "dns";

// In their order; none if the node does not federate.
std::vector<std::string> DiscoveryPluginNames(const config::Config& config);

// Thread: any; Stop, once nobody asks any more.
class DiscoveryPlugins {
 public:
  // Errors: those of the plugins and their sections, naming them; a source that is there twice.
  static absl::StatusOr<std::unique_ptr<DiscoveryPlugins>> Open(const config::Config& config,
                                                                PluginBoard& board);
  DiscoveryPlugins(const DiscoveryPlugins&) = delete;
  DiscoveryPlugins& operator=(const DiscoveryPlugins&) = delete;

  bool empty() const { return plugins_.empty(); }
  // What asks the plugin of that name, which is one of these. Blocks, for its deadline at most.
  federation::PoolSource::Question QuestionTo(std::string_view name) const;
  // Tells all of them; what goes wrong is logged. Blocks likewise.
  void Announce(const std::string& domain, const std::string& document) const;
  // Closes them; one that does not come back from a call is left where it is.
  void Stop();

 private:
  struct Opened {
    std::unique_ptr<plugin::DiscoveryPlugin> plugin;
    std::string name;  // as the configuration has it
    absl::Duration deadline;
    federation::Trust trust = federation::Trust::kHint;
  };

  DiscoveryPlugins() = default;

  std::vector<Opened> plugins_;
};

}  // namespace molva::app
