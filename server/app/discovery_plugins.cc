#include "app/discovery_plugins.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "app/federation_options.h"
#include "app/host_section.h"
#include "app/open_plugin.h"
#include "app/plugin_folder.h"
#include "base/check.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "base/strings.h"

namespace molva::app {
namespace {

// How long a call may still run when the node ends.
constexpr absl::Duration kDiscoveryGrace = absl::Seconds(5);

}  // namespace

std::vector<std::string> DiscoveryPluginNames(const config::Config& config) {
  std::vector<std::string> names;
  if (!HasFederation(config)) return names;
  for (const std::string& name : config.List("federation.sources")) {
    if (name != kWellKnownSource && name != kDnsSource) names.push_back(name);
  }
  return names;
}

absl::StatusOr<std::unique_ptr<DiscoveryPlugins>> DiscoveryPlugins::Open(
    const config::Config& config, PluginBoard& board) {
  const std::vector<std::string>& sources = config.List("federation.sources");
  for (const std::string& name : sources) {
    if (std::count(sources.begin(), sources.end(), name) > 1) {
      return absl::InvalidArgumentError(fmt::format("federation.sources has {} twice", name));
    }
  }
  std::unique_ptr<DiscoveryPlugins> all(new DiscoveryPlugins());
  for (const std::string& name : DiscoveryPluginNames(config)) {
    MOLVA_ASSIGN_OR_RETURN(
        const HostSection section,
        SplitSection(config, MOLVA_KIND_DISCOVERY, fmt::format("discovery_{}", name),
                     DiscoveryConfigJson(config, name)));
    MOLVA_ASSIGN_OR_RETURN(std::unique_ptr<plugin::DiscoveryPlugin> plugin,
                           OpenPlugin<plugin::DiscoveryPlugin>(config, board, MOLVA_KIND_DISCOVERY,
                                                               name, section.own));
    all->plugins_.push_back(
        {std::move(plugin), name, section.deadline,
         section.vouches ? federation::Trust::kAuthenticated : federation::Trust::kHint});
  }
  return all;
}

federation::PoolSource::Question DiscoveryPlugins::QuestionTo(std::string_view name) const {
  const auto found = std::find_if(plugins_.begin(), plugins_.end(),
                                  [name](const Opened& one) { return one.name == name; });
  MOLVA_CHECK(found != plugins_.end(), "a source that was not opened");
  const Opened& opened = *found;
  return [&opened](const std::string& domain) -> absl::StatusOr<federation::SourceAnswer> {
    MOLVA_ASSIGN_OR_RETURN(std::string document, opened.plugin->Find(domain, opened.deadline));
    federation::SourceAnswer answer;
    answer.trust = opened.trust;
    answer.document = std::move(document);
    return answer;
  };
}

void DiscoveryPlugins::Announce(const std::string& domain, const std::string& document) const {
  for (const Opened& opened : plugins_) {
    const absl::Status status = opened.plugin->Announce(domain, document, opened.deadline);
    if (status.ok() || absl::IsUnimplemented(status)) continue;
    base::LogWarning(
        "a discovery plugin does not take what this node says of itself",
        {{"plugin", opened.name}, {"error", std::string(base::ToStd(status.message()))}});
  }
}

void DiscoveryPlugins::Stop() {
  for (Opened& opened : plugins_) {
    if (opened.plugin->Stop(kDiscoveryGrace)) continue;
    base::LogError("a discovery plugin does not come back from a call; it is not closed",
                   {{"plugin", opened.name}});
    // Its thread may still come back to it: it stays until the process ends.
    (void)opened.plugin.release();
  }
  plugins_.clear();
}

}  // namespace molva::app
