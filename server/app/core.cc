#include "app/core.h"

#include <utility>

#include "app/authentication.h"
#include "app/federation_options.h"
#include "app/module_options.h"
#include "app/plugin_folder.h"
#include "base/status_macros.h"
#include "plugin/library.h"

namespace molva::app {
namespace {

std::vector<std::unique_ptr<runtime::AsioShard>> MakeShards(int count) {
  std::vector<std::unique_ptr<runtime::AsioShard>> shards;
  for (int i = 0; i < count; ++i) shards.push_back(std::make_unique<runtime::AsioShard>(i));
  return shards;
}

constexpr std::size_t kAliasSecretBytes = 32;

std::vector<runtime::Shard*> PointersTo(
    const std::vector<std::unique_ptr<runtime::AsioShard>>& shards) {
  std::vector<runtime::Shard*> pointers;
  for (const auto& shard : shards) pointers.push_back(shard.get());
  return pointers;
}

// The secret stays the same for ever: aliases in the store depend on it.
absl::StatusOr<std::unique_ptr<const names::NameBook>> MakeNames(const config::Config& config,
                                                                 const DataDirectory& data) {
  if (!HasFederation(config)) return std::make_unique<const names::NameBook>();
  MOLVA_ASSIGN_OR_RETURN(std::string domain, FederationDomain(config));
  base::SystemRandom random;
  MOLVA_ASSIGN_OR_RETURN(std::string secret,
                         data.LoadOrMakeKey("aliases", kAliasSecretBytes, random));
  return std::make_unique<const names::NameBook>(std::move(domain), std::move(secret));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Core>> Core::Build(const config::Config& config,
                                                  const DataDirectory& data) {
  MOLVA_ASSIGN_OR_RETURN(std::unique_ptr<const names::NameBook> names, MakeNames(config, data));
  std::unique_ptr<Core> core(new Core(config, std::move(names)));
  MOLVA_RETURN_IF_ERROR(core->OpenStore(config, data));
  MOLVA_RETURN_IF_ERROR(core->BuildFederation(config, data));
  MOLVA_RETURN_IF_ERROR(OpenSchemes(config, data, core->schemes_));
  core->BuildSessions();
  return core;
}

Core::Core(const config::Config& config, std::unique_ptr<const names::NameBook> names)
    : topic_limits_(TopicLimits(config)),
      session_limits_(SessionLimits(config)),
      server_info_(ServerInfoOf(config, topic_limits_)),
      memory_(config.Bytes("limits.memory")),
      shards_(MakeShards(ShardCount(config))),
      shard_set_(PointersTo(shards_)),
      pool_(PoolOptions(config)),
      names_(std::move(names)) {}

Core::~Core() {
  EndFederation();
  pool_.Stop();
  for (const auto& shard : shards_) shard->Stop();
}

absl::Status Core::OpenStore(const config::Config& config, const DataDirectory& data) {
  const std::string path =
      plugin::LocatePlugin(PluginFolder(config), MOLVA_KIND_STORE, config.Text("store.plugin"));
  MOLVA_ASSIGN_OR_RETURN(const plugin::Library library,
                         plugin::Library::Load(path, MOLVA_KIND_STORE));
  MOLVA_ASSIGN_OR_RETURN(store_plugin_,
                         plugin::StorePlugin::Open(library, StoreConfigJson(config, data)));
  for (const auto& shard : shards_) stores_.push_back(store_plugin_->ForShard(*shard));
  probe_ = std::make_unique<StoreProbe>(*shards_[0], *stores_[0], memory_);
  return absl::OkStatus();
}

Core::ShardParts::ShardParts(Core& core, int index)
    : authenticator(core.shard_set_.at(index), *core.stores_[static_cast<std::size_t>(index)],
                    core.pool_, core.schemes_),
      env{core.router_->at(index), authenticator,      core.session_limits_,
          core.server_info_,       core.topic_limits_, *core.names_},
      host(env),
      gate(core.memory_, host) {}

std::vector<store::Store*> Core::Stores() const {
  std::vector<store::Store*> stores;
  for (const auto& store : stores_) stores.push_back(store.get());
  return stores;
}

absl::Status Core::BuildFederation(const config::Config& config, const DataDirectory& data) {
  if (!HasFederation(config)) return absl::OkStatus();
  MOLVA_ASSIGN_OR_RETURN(federation_,
                         Federation::Build(config, data, {shard_set_, Stores(), *names_}));
  return absl::OkStatus();
}

void Core::BuildSessions() {
  const std::vector<topic::PeerPort*> peers =
      federation_ == nullptr ? std::vector<topic::PeerPort*>(stores_.size(), &no_peers_)
                             : federation_->ports();
  router_ = std::make_unique<router::Router>(shard_set_, Stores(), topic_limits_, *names_, peers,
                                             schemes_.ReservedTagNamespaces());
  for (int i = 0; i < shard_set_.size(); ++i) {
    parts_.push_back(std::make_unique<ShardParts>(*this, i));
  }
}

absl::Status Core::Start() {
  memory_.Sample();
  for (const auto& shard : shards_) shard->Start();
  probe_->Start();
  return federation_ == nullptr ? absl::OkStatus() : federation_->Start(*router_);
}

void Core::EndFederation() {
  if (federation_ != nullptr) federation_->Stop();
}

void Core::Reload(const config::Config& config) {
  if (federation_ != nullptr) federation_->Reload(config);
}

void Core::EndSessions() {
  for (const auto& parts : parts_) {
    parts->env.router.shard().Post([host = &parts->host] { host->Shutdown(); });
  }
}

void Core::Register(admin::HealthBoard& health, admin::MetricsRegistry& metrics) const {
  health.AddCheck("store", [probe = probe_.get()] { return probe->LastResult(); });
  health.AddCheck("memory", [this] {
    return memory_.is_over() ? absl::ResourceExhaustedError("over limits.memory")
                             : absl::OkStatus();
  });
  metrics.AddGauge("process_resident_memory_bytes", "Resident memory, sampled once a second.",
                   [this] { return static_cast<double>(memory_.resident_bytes()); });
  const auto sum = [this](std::size_t (*count)(router::ShardRouter&)) {
    std::size_t total = 0;
    for (int i = 0; i < router_->size(); ++i) total += count(router_->at(i));
    return static_cast<double>(total);
  };
  metrics.AddGauge("molva_sessions", "Sessions that are connected.", [sum] {
    return sum([](router::ShardRouter& shard) { return shard.sessions().size(); });
  });
  metrics.AddGauge("molva_topics", "Topics in memory.", [sum] {
    return sum([](router::ShardRouter& shard) { return shard.topic_count(); });
  });
  metrics.AddGauge("molva_work_queued", "Blocking tasks that wait for a thread.",
                   [this] { return static_cast<double>(pool_.queued()); });
  if (federation_ != nullptr) federation_->Register(health, metrics);
}

}  // namespace molva::app
