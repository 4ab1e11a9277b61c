#include "app/plugin_board.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "base/log.h"
#include "plugin/host_api.h"

namespace molva::app {
namespace {

using AllCalls = std::vector<std::shared_ptr<const plugin::CallStats>>;

admin::MetricsRegistry::SeriesList CallsByOutcome(const AllCalls& plugins) {
  admin::MetricsRegistry::SeriesList series;
  for (const auto& calls : plugins) {
    for (const plugin::CallStats::Sum& sum : calls->Read()) {
      for (std::size_t i = 0; i < sum.outcomes.size(); ++i) {
        series.emplace_back(admin::Labels{{"plugin", calls->plugin()},
                                          {"call", std::string(sum.call)},
                                          {"outcome", std::string(plugin::kCallOutcomes[i])}},
                            static_cast<double>(sum.outcomes[i]));
      }
    }
  }
  return series;
}

admin::MetricsRegistry::HistogramList CallTimes(const AllCalls& plugins) {
  admin::MetricsRegistry::HistogramList series;
  for (const auto& calls : plugins) {
    for (const plugin::CallStats::Sum& sum : calls->Read()) {
      admin::Histogram::Snapshot seen;
      seen.counts.assign(sum.below.begin(), sum.below.end());
      seen.sum = sum.seconds;
      series.emplace_back(
          admin::Labels{{"plugin", calls->plugin()}, {"call", std::string(sum.call)}},
          std::move(seen));
    }
  }
  return series;
}

using GateList = std::vector<PluginBoard::GatePtr>;

admin::MetricsRegistry::SeriesList GateEvents(const GateList& gates) {
  struct Row {
    const char* event;
    std::uint64_t runtime::CallGateCounts::* count;
  };
  constexpr std::array<Row, 5> kEvents = {{{"timeout", &runtime::CallGateCounts::timeouts},
                                           {"refused_open", &runtime::CallGateCounts::refused_open},
                                           {"refused_full", &runtime::CallGateCounts::refused_full},
                                           {"late", &runtime::CallGateCounts::late},
                                           {"second", &runtime::CallGateCounts::second}}};
  admin::MetricsRegistry::SeriesList series;
  for (const PluginBoard::GatePtr& gate : gates) {
    const runtime::CallGateCounts counts = gate->counts();
    for (const Row& row : kEvents) {
      series.emplace_back(admin::Labels{{"plugin", gate->plugin()}, {"event", row.event}},
                          static_cast<double>(counts.*row.count));
    }
  }
  return series;
}

// One figure of each gate.
template <typename Figure>
admin::MetricsRegistry::SeriesList OfEach(const GateList& gates, Figure figure) {
  admin::MetricsRegistry::SeriesList series;
  for (const PluginBoard::GatePtr& gate : gates) {
    series.emplace_back(admin::Labels{{"plugin", gate->plugin()}},
                        static_cast<double>(figure(gate->counts())));
  }
  return series;
}

void RegisterGates(const GateList& gates, admin::MetricsRegistry& metrics) {
  using Kind = admin::MetricsRegistry::Kind;
  metrics.AddSeries("molva_plugin_gate_total",
                    "Calls of plugins that went wrong: given up while they ran, refused while the "
                    "plugin is left alone or holds too many, answered too late or twice.",
                    Kind::kCounter, [gates] { return GateEvents(gates); });
  metrics.AddSeries("molva_plugin_held", "Calls that a plugin has not answered yet.", Kind::kGauge,
                    [gates] { return OfEach(gates, [](const auto& now) { return now.held; }); });
  metrics.AddSeries("molva_plugin_state",
                    "0: it is asked; 1: it did not answer and is left alone; 2: one call tries it.",
                    Kind::kGauge, [gates] {
                      return OfEach(gates,
                                    [](const auto& now) { return static_cast<int>(now.state); });
                    });
}

}  // namespace

void PluginBoard::Add(std::shared_ptr<const plugin::CallStats> calls, GatePtr gate,
                      molva_kind kind) {
  Add(std::move(calls));
  gates_.push_back({std::move(gate), kind});
}

void PluginBoard::StopCalls() const {
  const absl::Time until = absl::Now() + plugin::kPartingTime;
  for (const Gate& one : gates_) {
    if (one.gate->Stop(until)) continue;
    base::LogWarning(
        "a plugin still has calls that it has not answered; the node stops without it",
        {{"plugin", one.gate->plugin()}, {"calls", fmt::to_string(one.gate->counts().held)}});
  }
}

void PluginBoard::Register(admin::HealthBoard& health, admin::MetricsRegistry& metrics) const {
  GateList gates;
  for (const Gate& one : gates_) {
    gates.push_back(one.gate);
    if (one.kind != MOLVA_KIND_AUTH) continue;
    health.AddCheck(one.gate->plugin(), [gate = one.gate] { return gate->Health(); });
  }
  RegisterGates(gates, metrics);
  metrics.AddSeries("molva_plugin_calls_total", "Calls of plugins, by what became of them.",
                    admin::MetricsRegistry::Kind::kCounter,
                    [all = calls_] { return CallsByOutcome(all); });
  constexpr auto& kBounds = plugin::CallStats::kBounds;
  metrics.AddHistograms("molva_plugin_call_seconds",
                        "How long calls of plugins took, those of a store until the answer.",
                        {kBounds.begin(), kBounds.end()},
                        [all = calls_] { return CallTimes(all); });
}

}  // namespace molva::app
