#include "app/file_store.h"

#include <utility>

#include "app/module_options.h"
#include "app/open_plugin.h"
#include "app/plugin_folder.h"
#include "base/status_macros.h"

namespace molva::app {
namespace {

media::TransferGate::Limits GateLimits(const config::Config& config) {
  media::TransferGate::Limits limits;
  limits.transfers = static_cast<int>(config.Integer("media.transfers"));
  limits.transfers_per_owner = static_cast<int>(config.Integer("media.transfers_per_user"));
  limits.bytes_per_day = config.Bytes("media.bytes_per_day");
  return limits;
}

runtime::BlockingPool::Options PoolOptionsOf(const config::Config& config) {
  // A transfer has one task in the queue, and looks a file up before it is one.
  constexpr std::size_t kLookups = 1024;
  runtime::BlockingPool::Options options;
  options.name = "files";
  options.threads = static_cast<int>(config.Integer("media.workers"));
  options.max_queued = static_cast<std::size_t>(config.Integer("media.transfers")) + kLookups;
  return options;
}

media::Collector::Rules RulesOf(const config::Config& config) {
  media::Collector::Rules rules;
  rules.period = config.Duration("media.gc_period");
  rules.grace = config.Duration("media.gc_grace");
  return rules;
}

}  // namespace

absl::StatusOr<std::unique_ptr<plugin::MediaPlugin>> OpenMedia(const config::Config& config,
                                                               PluginBoard& board,
                                                               const DataDirectory& data) {
  if (config.Text("media.plugin").empty()) return nullptr;
  return OpenPlugin<plugin::MediaPlugin>(
      config, board, MOLVA_KIND_MEDIA, config.Text("media.plugin"), MediaConfigJson(config, data));
}

absl::StatusOr<std::unique_ptr<FileStore>> FileStore::Open(const config::Config& config,
                                                           PluginBoard& board,
                                                           const DataDirectory& data) {
  MOLVA_ASSIGN_OR_RETURN(std::unique_ptr<plugin::MediaPlugin> media,
                         OpenMedia(config, board, data));
  if (media == nullptr) return nullptr;
  return std::unique_ptr<FileStore>(new FileStore(config, std::move(media)));
}

FileStore::FileStore(const config::Config& config, std::unique_ptr<plugin::MediaPlugin> media)
    : media_(std::move(media)),
      gate_(GateLimits(config)),
      pool_(PoolOptionsOf(config)),
      parts_{*media_, pool_, gate_, config.Bytes("media.max_size")},
      rules_(RulesOf(config)) {}

void FileStore::Attach(const runtime::ShardSet& shards, const std::vector<store::Store*>& stores) {
  for (int i = 0; i < shards.size(); ++i) {
    files_.emplace_back(shards.at(i), *stores[static_cast<std::size_t>(i)], parts_);
  }
  collecting_shard_ = &shards.at(0);
  collector_ = std::make_shared<media::Collector>(shards.at(0), *stores[0], parts_, rules_);
}

void FileStore::Start() {
  if (rules_.period == absl::ZeroDuration()) return;
  collecting_shard_->Post([collector = collector_] { collector->Start(); });
}

void FileStore::Stop() { pool_.Stop(); }

void FileStore::Register(admin::MetricsRegistry& metrics) const {
  metrics.AddGauge("molva_file_transfers", "Files that are on their way.",
                   [this] { return static_cast<double>(gate_.live()); });
  metrics.AddCounterView("molva_files_removed_total", "Files that nothing referred to.",
                         [this] { return static_cast<double>(collector_->removed_files()); }, {});
}

}  // namespace molva::app
