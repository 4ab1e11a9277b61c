#include "app/plugin_board.h"

#include <string>
#include <utility>

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

}  // namespace

void PluginBoard::Register(admin::MetricsRegistry& metrics) const {
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
