// The plugins of the node, and how they fare.
#pragma once

#include <memory>
#include <vector>

#include "admin/health.h"
#include "admin/metrics.h"
#include "molva/plugin.h"
#include "plugin/call_stats.h"
#include "runtime/call_gate.h"

namespace molva::app {

// Thread: the owner's; filled before threads start.
class PluginBoard {
 public:
  using GatePtr = std::shared_ptr<runtime::CallGate>;

  void Add(std::shared_ptr<const plugin::CallStats> calls) { calls_.push_back(std::move(calls)); }
  void Add(std::shared_ptr<const plugin::CallStats> calls, GatePtr gate, molva_kind kind);
  // What is registered holds the figures itself. A node is not ready without its schemes.
  void Register(admin::HealthBoard& health, admin::MetricsRegistry& metrics) const;
  // No plugin but that of the store is called any more; calls that run get a few seconds, then they
  // are left to themselves, with a line of log. Before the shards go.
  void StopCalls() const;

 private:
  struct Gate {
    GatePtr gate;
    molva_kind kind;
  };
  std::vector<std::shared_ptr<const plugin::CallStats>> calls_;  // shared with the plugins
  std::vector<Gate> gates_;                                      // likewise
};

}  // namespace molva::app
