// The files of the node: the medium that keeps them, and what every shard has to do with it.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <vector>

#include "admin/metrics.h"
#include "app/data_directory.h"
#include "app/plugin_board.h"
#include "config/config.h"
#include "media/collector.h"
#include "media/files.h"
#include "plugin/media_adapter.h"
#include "runtime/blocking_pool.h"

namespace molva::app {

// The plugin that the configuration names; nullptr: the node keeps no files.
// Errors: those of the plugin, naming it.
absl::StatusOr<std::unique_ptr<plugin::MediaPlugin>> OpenMedia(const config::Config& config,
                                                               PluginBoard& board,
                                                               const DataDirectory& data);

// Thread:  the owner's, which is no shard; at(i) is for shard i.
// Owns:    the plugin, which outlives every transfer: it must go after the shards.
// Borrows: shards and stores, which need not be there any more when it goes.
class FileStore {
 public:
  // nullptr: the node keeps no files. Errors: those of the plugin, naming it.
  static absl::StatusOr<std::unique_ptr<FileStore>> Open(const config::Config& config,
                                                         PluginBoard& board,
                                                         const DataDirectory& data);

  // Once, before the shards run.
  void Attach(const runtime::ShardSet& shards, const std::vector<store::Store*>& stores);
  // Begins to remove what nothing refers to. The shards run.
  void Start();
  // Ends what the threads do; transfers stand still. The shards may run.
  void Stop();
  void Register(admin::MetricsRegistry& metrics) const;

  media::Files& at(int shard) { return files_[static_cast<std::size_t>(shard)]; }
  media::Media& medium() { return *media_; }
  std::int64_t max_file_bytes() const { return parts_.max_file_bytes; }
  // Zero: for ever.
  absl::Duration keeps_unused_for() const {
    return rules_.period > absl::ZeroDuration() ? rules_.grace : absl::ZeroDuration();
  }

 private:
  FileStore(const config::Config& config, std::unique_ptr<plugin::MediaPlugin> media);

  const std::unique_ptr<plugin::MediaPlugin> media_;
  media::TransferGate gate_;
  runtime::BlockingPool pool_;
  const media::SharedParts parts_;
  const media::Collector::Rules rules_;
  runtime::Shard* collecting_shard_ = nullptr;
  std::vector<media::Files> files_;              // by shard
  std::shared_ptr<media::Collector> collector_;  // shared with what it waits for
};

}  // namespace molva::app
