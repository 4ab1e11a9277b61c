// The plugins of the node, and how they fare.
#pragma once

#include <memory>
#include <vector>

#include "admin/metrics.h"
#include "plugin/call_stats.h"

namespace molva::app {

// Thread: the owner's; filled before threads start.
class PluginBoard {
 public:
  void Add(std::shared_ptr<const plugin::CallStats> calls) { calls_.push_back(std::move(calls)); }
  // What is registered holds the figures itself.
  void Register(admin::MetricsRegistry& metrics) const;

 private:
  std::vector<std::shared_ptr<const plugin::CallStats>> calls_;  // shared with the plugins
};

}  // namespace molva::app
