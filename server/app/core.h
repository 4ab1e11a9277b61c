// The node without its doors: shards, pool, plugins, router and sessions, built in this order.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <vector>

#include "admin/health.h"
#include "admin/metrics.h"
#include "app/data_directory.h"
#include "app/federation.h"
#include "app/file_store.h"
#include "app/hooks.h"
#include "app/memory_gate.h"
#include "app/moderation.h"
#include "app/plugin_board.h"
#include "app/push_services.h"
#include "app/store_probe.h"
#include "auth/scheme_authenticator.h"
#include "auth/scheme_registry.h"
#include "config/config.h"
#include "plugin/store_adapter.h"
#include "remote_plugin/plugins.h"
#include "router/router.h"
#include "runtime/asio_shard.h"
#include "runtime/blocking_pool.h"
#include "session/account_desk.h"
#include "session/account_doorkeeper.h"
#include "session/newcomers.h"
#include "session/session_host.h"
#include "session/traffic_gate.h"
#include "validation/reset_codes.h"

namespace molva::app {

// Everything between the doors and the disk.
//
// Thread: the owner's, which is no shard.
// Owns:   all parts; the destructor stops what still runs and closes the store last.
class Core {
 public:
  // Opens the plugins; nothing runs yet.
  // Errors: those of keys and plugins, naming them.
  static absl::StatusOr<std::unique_ptr<Core>> Build(const config::Config& config,
                                                     const DataDirectory& data);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // Starts the shards, reads the names of foreign users, then lets other servers in.
  // Errors: those of Federation::Start; the shards run all the same.
  absl::Status Start();
  // No more sessions; those there are get ctrl 205 and close. Returns at once.
  void EndSessions();
  // Says goodbye to other servers; the shards run on.
  void EndFederation();
  // Takes over what may change of federation.
  void Reload(const config::Config& config);
  // Hands in what this part knows of the node's health and figures.
  void Register(admin::HealthBoard& health, admin::MetricsRegistry& metrics) const;
  // Any thread. `done` is called on a shard; never if the node stops before.
  void DoToAccount(session::AccountAction action, const std::string& login,
                   session::AccountDone done);
  // nullptr if the node does not federate.
  Federation* federation() const { return federation_.get(); }

  const runtime::ShardSet& shards() const { return shard_set_; }
  // nullptr if the node takes no files.
  FileStore* files() const { return files_.get(); }
  plugin::StorePlugin& store_plugin() const { return *store_plugin_; }
  const session::Doorkeeper& doorkeeper(int index) const {
    return parts_[static_cast<std::size_t>(index)]->doorkeeper;
  }
  runtime::AsioShard& shard(int index) { return *shards_[static_cast<std::size_t>(index)]; }
  // nullptr if the node has no incoming hooks.
  transport::HookDoor* hooks(int index) const {
    return hook_doors_.empty() ? nullptr : hook_doors_[static_cast<std::size_t>(index)].get();
  }
  session::ConnectionAcceptor& acceptor(int index) {
    return parts_[static_cast<std::size_t>(index)]->gate;
  }

 private:
  // What topics and sessions of one shard ask.
  struct ShardGate {
    ShardGate(Core& core, int index, const validation::SharedParts& shared,
              const validation::ResetLimits& resets);

    auth::SchemeAuthenticator authenticator;
    validation::Credentials credentials;
    validation::ResetCodes reset_codes;
  };

  struct ShardParts {
    ShardParts(Core& core, int index);

    session::SessionEnv env;
    session::SessionHost host;
    session::AccountDoorkeeper doorkeeper;
    session::NewcomerDesk newcomers;
    MemoryGate gate;
  };

  Core(const config::Config& config, std::unique_ptr<const names::NameBook> names);
  absl::Status OpenStore(const config::Config& config, const DataDirectory& data);
  absl::Status OpenFiles(const config::Config& config, const DataDirectory& data);
  absl::Status OpenGates(const config::Config& config, const DataDirectory& data);
  absl::Status BuildFederation(const config::Config& config, const DataDirectory& data);
  void BuildSessions();
  void RegisterTraffic(admin::MetricsRegistry& metrics) const;
  std::vector<store::Store*> Stores() const;

  const topic::Limits topic_limits_;
  const session::Limits session_limits_;
  session::ServerInfo server_info_;
  MemoryGauge memory_;
  PluginBoard board_;
  std::unique_ptr<FileStore> files_;  // goes last: see there
  // Members go in reverse order: sessions, topics, stores, then the plugin below them. The shards
  // outlive what answers to them.
  std::vector<std::unique_ptr<runtime::AsioShard>> shards_;
  runtime::ShardSet shard_set_;
  std::unique_ptr<remote_plugin::Plugins> remote_plugins_;  // nullptr if there are none
  std::unique_ptr<plugin::StorePlugin> store_plugin_;
  std::vector<std::unique_ptr<store::Store>> stores_;
  auth::SchemeRegistry schemes_;
  auth::LoginThrottle throttle_;
  session::TrafficGate traffic_;
  const absl::Duration erase_unvalidated_after_;  // zero: never
  validation::ValidatorRegistry validators_;
  std::unique_ptr<const validation::CodeSealer> sealer_;
  auth::LoginThrottle letters_;
  runtime::BlockingPool post_;  // letters: a mail server that hangs must not hold up logins
  std::vector<std::unique_ptr<ShardGate>> gates_;
  const std::unique_ptr<const names::NameBook> names_;
  topic::NoPeers no_peers_;  // without state: all shards may share it
  std::unique_ptr<Federation> federation_;
  std::unique_ptr<PushServices> pushes_;
  std::unique_ptr<Moderation> moderation_;  // nullptr: nothing is judged
  std::unique_ptr<StoreProbe> probe_;
  std::unique_ptr<router::Router> router_;
  HookTable hooks_;
  std::vector<std::unique_ptr<ShardParts>> parts_;
  std::vector<std::unique_ptr<ShardHooks>> hook_doors_;  // by shard; none without hooks
};

}  // namespace molva::app
