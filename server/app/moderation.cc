#include "app/moderation.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "app/host_section.h"
#include "app/open_plugin.h"
#include "app/plugin_folder.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace molva::app {
namespace {

// How long a call may still run when the node ends.
constexpr absl::Duration kModerationGrace = absl::Seconds(5);

}  // namespace

absl::StatusOr<std::unique_ptr<Moderation>> Moderation::Open(const config::Config& config,
                                                             PluginBoard& board,
                                                             const runtime::ShardSet& shards) {
  const std::vector<std::string>& names = config.List("moderation.plugins");
  if (names.empty()) return nullptr;
  std::unique_ptr<Moderation> opened(new Moderation());
  for (const std::string& name : names) {
    if (std::count(names.begin(), names.end(), name) > 1) {
      return absl::InvalidArgumentError(fmt::format("moderation.plugins has {} twice", name));
    }
    MOLVA_RETURN_IF_ERROR(opened->Add(config, board, name));
  }
  for (int i = 0; i < shards.size(); ++i) {
    opened->benches_.push_back(std::make_unique<moderation::Bench>(shards.at(i), opened->seats_));
  }
  return opened;
}

absl::Status Moderation::Add(const config::Config& config, PluginBoard& board,
                             const std::string& name) {
  MOLVA_ASSIGN_OR_RETURN(
      const HostSection section,
      SplitSection(config, MOLVA_KIND_MODERATION, fmt::format("moderation_{}", name),
                   ModerationConfigJson(config, name)));
  MOLVA_ASSIGN_OR_RETURN(std::unique_ptr<plugin::ModerationPlugin> plugin,
                         OpenPlugin<plugin::ModerationPlugin>(config, board, MOLVA_KIND_MODERATION,
                                                              name, section.own));
  auto seat = std::make_unique<moderation::Seat>();
  plugins_.push_back(plugin.get());
  seat->judge = std::move(plugin);
  seat->deadline = section.deadline;
  seat->on_failure =
      section.is_open ? moderation::OnFailure::kOpen : moderation::OnFailure::kClosed;
  seats_.push_back(std::move(seat));
  return absl::OkStatus();
}

void Moderation::Stop() {
  for (std::size_t i = 0; i < plugins_.size(); ++i) {
    if (plugins_[i]->Stop(kModerationGrace)) continue;
    base::LogError("a moderation plugin does not come back from a call; it is not closed",
                   {{"plugin", std::string(plugins_[i]->name())}});
    // Its thread may still come back to it: it stays until the process ends.
    (void)seats_[i]->judge.release();
  }
}

void Moderation::Register(admin::MetricsRegistry& metrics) const {
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    const plugin::ModerationPlugin* const plugin = plugins_[i];
    const moderation::JudgeStats& stats = seats_[i]->stats;
    const admin::Labels labels = {{"plugin", std::string(plugin->name())}};
    for (std::size_t ruling = 0; ruling < stats.kRulings.size(); ++ruling) {
      admin::Labels with = labels;
      with.emplace_back("verdict", std::string(stats.kRulings[ruling]));
      metrics.AddCounterView(
          "molva_moderation_verdicts_total",
          "What moderation plugins said; failed: nothing in time, or what was no verdict.",
          [count = &stats.verdicts[ruling]] { return static_cast<double>(count->load()); }, with);
    }
    metrics.AddCounterView(
        "molva_moderation_overdue_total", "Cases without a verdict before the deadline.",
        [count = &stats.overdue] { return static_cast<double>(count->load()); }, labels);
    metrics.AddCounterView(
        "molva_moderation_late_total", "Verdicts that nobody waited for any more.",
        [plugin] { return static_cast<double>(plugin->late()); }, labels);
    metrics.AddGauge(
        "molva_moderation_waiting", "Cases that wait for a verdict.",
        [plugin] { return static_cast<double>(plugin->waiting()); }, labels);
  }
}

}  // namespace molva::app
