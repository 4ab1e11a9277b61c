#include "app/core.h"

#include <utility>

#include "app/authentication.h"
#include "app/federation_options.h"
#include "app/ice_servers.h"
#include "app/module_options.h"
#include "app/open_store.h"
#include "app/plugin_folder.h"
#include "app/remote_plugins.h"
#include "app/validation.h"
#include "base/status_macros.h"
#include "session/unvalidated_accounts.h"

namespace molva::app {
namespace {

std::vector<std::unique_ptr<runtime::AsioShard>> MakeShards(int count) {
  std::vector<std::unique_ptr<runtime::AsioShard>> shards;
  for (int i = 0; i < count; ++i) shards.push_back(std::make_unique<runtime::AsioShard>(i));
  return shards;
}

constexpr std::size_t kAliasSecretBytes = 32;
constexpr std::size_t kCodeKeyBytes = 32;

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
  MOLVA_ASSIGN_OR_RETURN(core->server_info_.ice_servers, IceServersOf(config));
  MOLVA_RETURN_IF_ERROR(core->OpenStore(config, data));
  MOLVA_RETURN_IF_ERROR(core->OpenFiles(config, data));
  MOLVA_RETURN_IF_ERROR(core->BuildFederation(config, data));
  MOLVA_RETURN_IF_ERROR(core->OpenGates(config, data));
  MOLVA_ASSIGN_OR_RETURN(core->pushes_, PushServices::Open(config, core->board_, core->shard_set_));
  MOLVA_ASSIGN_OR_RETURN(core->moderation_,
                         Moderation::Open(config, core->board_, core->shard_set_));
  core->server_info_.web_push_key = core->pushes_->web_key();
  MOLVA_ASSIGN_OR_RETURN(std::vector<HookOptions> hooks, ReadHooks(config));
  core->hooks_ = MakeHookTable(std::move(hooks));
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
      throttle_(ThrottleLimits(config), base::SystemRandom().Next64()),
      traffic_(TrafficRatesOf(config), base::SystemRandom().Next64()),
      erase_unvalidated_after_(config.Duration("accounts.erase_unvalidated_after")),
      letters_(LetterLimits(config), base::SystemRandom().Next64()),
      post_(PostOptions(config)),
      names_(std::move(names)) {}

Core::~Core() {
  EndFederation();
  board_.StopCalls();  // the pools wait for what they call
  if (files_ != nullptr) files_->Stop();
  post_.Stop();
  for (const auto& shard : shards_) shard->Stop();
  if (remote_plugins_ != nullptr) remote_plugins_->Stop();
  if (moderation_ != nullptr) moderation_->Stop();
}

absl::Status Core::OpenStore(const config::Config& config, const DataDirectory& data) {
  MOLVA_ASSIGN_OR_RETURN(store_plugin_, OpenStorePlugin(config, board_, data));
  MOLVA_RETURN_IF_ERROR(CheckStoreIsWhole(*store_plugin_));
  MOLVA_ASSIGN_OR_RETURN(remote_plugins_, MakeRemotePlugins(config, shard_set_, *names_));
  for (int i = 0; i < shard_set_.size(); ++i) {
    store::WriteTap* const tap =
        remote_plugins_ == nullptr ? nullptr : remote_plugins_->write_tap(i);
    stores_.push_back(store_plugin_->ForShard(shard_set_.at(i), tap));
  }
  probe_ = std::make_unique<StoreProbe>(
      *shards_[0], *stores_[0], [store = store_plugin_.get()] { return store->CountWrites(); },
      memory_);
  return absl::OkStatus();
}

absl::Status Core::OpenFiles(const config::Config& config, const DataDirectory& data) {
  MOLVA_ASSIGN_OR_RETURN(files_, FileStore::Open(config, board_, data));
  if (files_ == nullptr) return absl::OkStatus();
  files_->Attach(shard_set_, Stores());
  server_info_.max_file_upload_size = files_->max_file_bytes();
  return absl::OkStatus();
}

absl::Status Core::OpenGates(const config::Config& config, const DataDirectory& data) {
  MOLVA_RETURN_IF_ERROR(OpenSchemes(config, data, board_, schemes_));
  MOLVA_RETURN_IF_ERROR(RenameSchemes(config, schemes_));
  MOLVA_RETURN_IF_ERROR(OpenValidators(config, board_, validators_));
  Announce(validators_, server_info_);
  base::SystemRandom random;
  MOLVA_ASSIGN_OR_RETURN(std::string key, data.LoadOrMakeKey("codes", kCodeKeyBytes, random));
  sealer_ = std::make_unique<const validation::CodeSealer>(std::move(key));
  const validation::SharedParts shared{validators_, *sealer_, letters_, throttle_, post_};
  for (int i = 0; i < shard_set_.size(); ++i) {
    gates_.push_back(std::make_unique<ShardGate>(*this, i, shared, ResetLimitsOf(config)));
  }
  return absl::OkStatus();
}

Core::ShardGate::ShardGate(Core& core, int index, const validation::SharedParts& shared,
                           const validation::ResetLimits& resets)
    : authenticator(core.shard_set_.at(index), *core.stores_[static_cast<std::size_t>(index)],
                    core.schemes_, core.throttle_),
      credentials(core.shard_set_.at(index), *core.stores_[static_cast<std::size_t>(index)],
                  authenticator, shared),
      reset_codes(core.shard_set_.at(index), *core.stores_[static_cast<std::size_t>(index)],
                  authenticator, credentials, resets) {}

Core::ShardParts::ShardParts(Core& core, int index)
    : env{core.router_->at(index),
          core.gates_[static_cast<std::size_t>(index)]->authenticator,
          core.session_limits_,
          core.server_info_,
          core.topic_limits_,
          *core.names_,
          core.gates_[static_cast<std::size_t>(index)]->credentials,
          core.gates_[static_cast<std::size_t>(index)]->reset_codes,
          core.traffic_,
          core.remote_plugins_ == nullptr ? nullptr : core.remote_plugins_->request_filter(index),
          core.moderation_ == nullptr ? nullptr : core.moderation_->moderator(index)},
      host(env),
      doorkeeper(env),
      newcomers(env),
      gate(core.memory_, host) {}

std::vector<store::Store*> Core::Stores() const {
  std::vector<store::Store*> stores;
  for (const auto& store : stores_) stores.push_back(store.get());
  return stores;
}

absl::Status Core::BuildFederation(const config::Config& config, const DataDirectory& data) {
  if (!HasFederation(config)) return absl::OkStatus();
  MOLVA_ASSIGN_OR_RETURN(federation_,
                         Federation::Build(config, data, board_, {shard_set_, Stores(), *names_}));
  return absl::OkStatus();
}

void Core::BuildSessions() {
  const std::vector<topic::PeerPort*> peers =
      federation_ == nullptr ? std::vector<topic::PeerPort*>(stores_.size(), &no_peers_)
                             : federation_->ports();
  std::vector<topic::Services> services;
  for (int i = 0; i < shard_set_.size(); ++i) {
    services.push_back({gates_[static_cast<std::size_t>(i)]->credentials, pushes_->pushers(),
                        remote_plugins_ == nullptr ? nullptr : remote_plugins_->search_filter(i),
                        moderation_ == nullptr ? nullptr : moderation_->moderator(i)});
  }
  std::vector<std::string> reserved = schemes_.ReservedTagNamespaces();
  for (std::string& name : validators_.ReservedTagNamespaces()) {
    reserved.push_back(std::move(name));
  }
  router_ = std::make_unique<router::Router>(shard_set_, Stores(), topic_limits_, *names_, peers,
                                             services, reserved);
  pushes_->Attach(*router_);
  for (int i = 0; i < shard_set_.size(); ++i) {
    parts_.push_back(std::make_unique<ShardParts>(*this, i));
    gates_[static_cast<std::size_t>(i)]->authenticator.ServeNewcomers(parts_.back()->newcomers);
    if (hooks_.empty()) continue;
    hook_doors_.push_back(std::make_unique<ShardHooks>(
        hooks_, parts_.back()->env, static_cast<std::size_t>(server_info_.max_message_size)));
  }
}

absl::Status Core::Start() {
  memory_.Sample();
  if (remote_plugins_ != nullptr) remote_plugins_->Start();
  for (const auto& shard : shards_) shard->Start();
  probe_->Start();
  if (files_ != nullptr) files_->Start();
  if (federation_ != nullptr) MOLVA_RETURN_IF_ERROR(federation_->Start(*router_));
  shards_[0]->Post([this] {
    router_->at(0).ResumeAccounts();
    router_->at(0).StartSweeping();
    gates_[0]->reset_codes.StartCollecting();
    if (erase_unvalidated_after_ > absl::ZeroDuration()) {
      session::CollectUnvalidatedAccounts(parts_[0]->env, erase_unvalidated_after_);
    }
  });
  return absl::OkStatus();
}

void Core::EndFederation() {
  if (federation_ != nullptr) federation_->Stop();
}

void Core::Reload(const config::Config& config) {
  traffic_.SetRates(TrafficRatesOf(config));
  if (federation_ != nullptr) federation_->Reload(config);
}

void Core::DoToAccount(session::AccountAction action, const std::string& login,
                       session::AccountDone done) {
  shards_[0]->Post([&env = parts_[0]->env, action, login, done = std::move(done)] {
    session::DoToAccount(env, action, login, done);
  });
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
  constexpr char kRefused[] = "molva_logins_refused_total";
  constexpr char kHelp[] = "Logins that were not checked because too many had failed.";
  metrics.AddCounterView(kRefused, kHelp,
                         [this] { return static_cast<double>(throttle_.refused_accounts()); },
                         {{"by", "account"}});
  metrics.AddCounterView(kRefused, kHelp,
                         [this] { return static_cast<double>(throttle_.refused_addresses()); },
                         {{"by", "address"}});
  metrics.AddCounterView("molva_push_events_dropped_total",
                         "Events that waited in vain for a user's devices.", [this] {
                           double dropped = 0;
                           for (int i = 0; i < router_->size(); ++i) {
                             dropped += static_cast<double>(router_->at(i).desk().dropped());
                           }
                           return dropped;
                         });
  board_.Register(health, metrics);
  pushes_->Register(metrics);
  if (moderation_ != nullptr) moderation_->Register(metrics);
  if (remote_plugins_ != nullptr) RegisterRemotePlugins(*remote_plugins_, metrics);
  RegisterHooks(hooks_, metrics);
  RegisterTraffic(metrics);
  if (files_ != nullptr) files_->Register(metrics);
  if (federation_ != nullptr) federation_->Register(health, metrics);
}

void Core::RegisterTraffic(admin::MetricsRegistry& metrics) const {
  using Limit = session::TrafficGate::Limit;
  constexpr std::pair<Limit, std::string_view> kLimits[] = {{Limit::kAddress, "address"},
                                                            {Limit::kUser, "user"},
                                                            {Limit::kNotes, "notes"},
                                                            {Limit::kTopic, "topic"}};
  for (const auto& [kind, word] : kLimits) {
    metrics.AddCounterView(
        "molva_requests_refused_total",
        "Requests and notes beyond limits.address_requests, user_messages, "
        "user_notes and topic_messages.",
        [this, limit = kind] { return static_cast<double>(traffic_.refused(limit)); },
        {{"by", std::string(word)}});
  }
}

}  // namespace molva::app
