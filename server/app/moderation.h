// The moderation plugins that the configuration names.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <vector>

#include "admin/metrics.h"
#include "app/plugin_board.h"
#include "config/config.h"
#include "moderation/bench.h"
#include "plugin/moderation_adapter.h"
#include "runtime/shard.h"

namespace molva::app {

// Thread:  the owner's; a moderator belongs to its shard.
// Owns:    the plugins.
// Borrows: the shards, which outlive it.
class Moderation {
 public:
  // nullptr if there are none.
  // Errors: those of the plugins and their sections, naming them.
  static absl::StatusOr<std::unique_ptr<Moderation>> Open(const config::Config& config,
                                                          PluginBoard& board,
                                                          const runtime::ShardSet& shards);
  Moderation(const Moderation&) = delete;
  Moderation& operator=(const Moderation&) = delete;

  moderation::Moderator* moderator(int shard) const {
    return benches_[static_cast<std::size_t>(shard)].get();
  }
  // Closes the plugins; one that does not come back from a call is left where it is. Once the
  // shards stand still.
  void Stop();
  void Register(admin::MetricsRegistry& metrics) const;

 private:
  Moderation() = default;
  absl::Status Add(const config::Config& config, PluginBoard& board, const std::string& name);

  std::vector<std::unique_ptr<moderation::Seat>> seats_;
  std::vector<plugin::ModerationPlugin*> plugins_;           // those in the seats
  std::vector<std::unique_ptr<moderation::Bench>> benches_;  // by shard
};

}  // namespace molva::app
