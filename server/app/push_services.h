// The push services that the configuration names, and what they say of devices.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <vector>

#include "admin/metrics.h"
#include "app/plugin_board.h"
#include "config/config.h"
#include "plugin/push_adapter.h"
#include "push/receipt.h"
#include "router/router.h"
#include "runtime/shard.h"

namespace molva::app {

// Thread:  the owner's; what plugins say comes on theirs and goes on to a shard.
// Owns:    the plugins. Going, it waits for what they are doing.
// Borrows: the shards, which outlive it.
class PushServices {
 public:
  // Errors: those of the plugins, naming them.
  static absl::StatusOr<std::unique_ptr<PushServices>> Open(const config::Config& config,
                                                            PluginBoard& board,
                                                            const runtime::ShardSet& shards);
  PushServices(const PushServices&) = delete;
  PushServices& operator=(const PushServices&) = delete;

  std::vector<push::Pusher*> pushers() const;
  // What browsers subscribe with; empty if no service is for them.
  std::string web_key() const;
  // From now on devices that a service does not know any more are erased. Before anything is
  // pushed.
  void Attach(router::Router& router) { router_ = &router; }
  void Register(admin::MetricsRegistry& metrics) const;

 private:
  explicit PushServices(const runtime::ShardSet& shards) : shards_(shards) {}
  void OnGone(model::UserId user, std::string device) const;

  const runtime::ShardSet& shards_;
  router::Router* router_ = nullptr;
  std::vector<std::unique_ptr<plugin::PushPlugin>> plugins_;
};

}  // namespace molva::app
