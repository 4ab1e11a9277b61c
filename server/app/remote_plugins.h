// The programs beside the node that the configuration names, and what metrics tell of them.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <vector>

#include "admin/metrics.h"
#include "config/config.h"
#include "remote_plugin/plugins.h"

namespace molva::app {

// In their order. Errors: those of ParseOptions; a name listed twice.
absl::StatusOr<std::vector<remote_plugin::PluginOptions>> ReadRemotePlugins(
    const config::Config& config);

// nullptr if there are none. Nothing runs yet. Errors: those of ReadRemotePlugins.
absl::StatusOr<std::unique_ptr<remote_plugin::Plugins>> MakeRemotePlugins(
    const config::Config& config, const runtime::ShardSet& shards, const names::NameBook& names);

// Before they start.
void RegisterRemotePlugins(const remote_plugin::Plugins& plugins, admin::MetricsRegistry& metrics);

}  // namespace molva::app
