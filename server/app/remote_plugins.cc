#include "app/remote_plugins.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"

namespace molva::app {
namespace {

using remote_plugin::Method;
using remote_plugin::Plugins;
using remote_plugin::PluginStats;

// An answer may carry a whole request, or all that a search found.
constexpr std::int64_t kLeastAnswerBytes = 1 << 20;

void RegisterCalls(const Plugins::Named& plugin, admin::MetricsRegistry& metrics) {
  std::array<admin::Histogram*, remote_plugin::kMethodNames.size()> seconds{};
  for (std::size_t method = 0; method < seconds.size(); ++method) {
    const std::string name(remote_plugin::kMethodNames[method]);
    seconds[method] = &metrics.AddHistogram(
        "molva_remote_plugin_call_seconds", "How long calls to plugins took.",
        {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5},
        {{"plugin", plugin.name}, {"method", name}});
    for (std::size_t outcome = 0; outcome < remote_plugin::kOutcomeNames.size(); ++outcome) {
      metrics.AddCounterView("molva_remote_plugin_calls_total",
                             "What became of calls to plugins; a refused one was not sent.",
                             [count = &plugin.stats.calls[method][outcome]] {
                               return static_cast<double>(count->load());
                             },
                             {{"plugin", plugin.name},
                              {"method", name},
                              {"outcome", std::string(remote_plugin::kOutcomeNames[outcome])}});
    }
  }
  plugin.stats.observe = [seconds](Method method, absl::Duration took) {
    seconds[static_cast<std::size_t>(method)]->Observe(admin::kForeignThread,
                                                       absl::ToDoubleSeconds(took));
  };
}

}  // namespace

absl::StatusOr<std::vector<remote_plugin::PluginOptions>> ReadRemotePlugins(
    const config::Config& config) {
  std::vector<remote_plugin::PluginOptions> all;
  for (const std::string& name : config.List("remote_plugins.names")) {
    const bool is_twice =
        std::any_of(all.begin(), all.end(), [&name](const auto& one) { return one.name == name; });
    if (is_twice) {
      return absl::InvalidArgumentError(fmt::format("remote_plugins.names has {} twice", name));
    }
    MOLVA_ASSIGN_OR_RETURN(remote_plugin::PluginOptions options,
                           remote_plugin::ParseOptions(name, config.PluginJson("remote_" + name)));
    all.push_back(std::move(options));
  }
  return all;
}

absl::StatusOr<std::unique_ptr<Plugins>> MakeRemotePlugins(const config::Config& config,
                                                           const runtime::ShardSet& shards,
                                                           const names::NameBook& names) {
  MOLVA_ASSIGN_OR_RETURN(std::vector<remote_plugin::PluginOptions> all, ReadRemotePlugins(config));
  if (all.empty()) return nullptr;
  wire::DecodeLimits limits;
  limits.max_packet_bytes =
      static_cast<std::size_t>(std::max(config.Bytes("limits.message_size"), kLeastAnswerBytes));
  return std::make_unique<Plugins>(std::move(all), Plugins::Env{shards, names, limits});
}

void RegisterRemotePlugins(const Plugins& plugins, admin::MetricsRegistry& metrics) {
  for (const Plugins::Named& plugin : plugins.stats()) {
    RegisterCalls(plugin, metrics);
    const admin::Labels labels = {{"plugin", plugin.name}};
    metrics.AddGauge(
        "molva_remote_plugin_up", "0 while a plugin is left alone because it failed.",
        [&stats = plugin.stats] { return stats.is_open ? 0.0 : 1.0; }, labels);
    metrics.AddGauge(
        "molva_remote_plugin_queued", "Events that wait for a plugin.",
        [&stats = plugin.stats] { return static_cast<double>(stats.queued.load()); }, labels);
    metrics.AddCounterView(
        "molva_remote_plugin_dropped_total",
        "Events that found the queue of a plugin full, or that it failed to take.",
        [&stats = plugin.stats] { return static_cast<double>(stats.dropped.load()); }, labels);
  }
}

}  // namespace molva::app
