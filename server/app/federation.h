// What makes this node one of many: its identity, its peers, and the door for them.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "admin/health.h"
#include "admin/metrics.h"
#include "app/data_directory.h"
#include "app/discovery_plugins.h"
#include "app/peer_policy.h"
#include "config/config.h"
#include "federation/discovery/discovery.h"
#include "federation/identity/own_identity.h"
#include "federation/link/grpc_dialer.h"
#include "federation/link/grpc_federation_listener.h"
#include "federation/peer/peers.h"
#include "names/name_book.h"
#include "router/router.h"
#include "runtime/blocking_pool.h"
#include "runtime/mutex.h"

namespace molva::app {

// Federation of a node whose federation.domain is set.
//
// Life:    Build; Start once the shards run; Stop while they still run; destroy after they stopped.
// Thread:  the owner's, which is no shard; what says so from any.
// Borrows: shards, stores and names.
class Federation {
 public:
  struct Below {
    const runtime::ShardSet& shards;
    std::vector<store::Store*> stores;  // one per shard
    const names::NameBook& names;
  };

  // Reads or makes the identity; nothing runs yet.
  // Errors: settings, files and plugins, named.
  static absl::StatusOr<std::unique_ptr<Federation>> Build(const config::Config& config,
                                                           const DataDirectory& data,
                                                           PluginBoard& board, Below below);
  ~Federation();
  Federation(const Federation&) = delete;
  Federation& operator=(const Federation&) = delete;

  // The way from topics to other servers, one per shard.
  std::vector<topic::PeerPort*> ports();
  // Reads what the store knows of others, calls on the peers and lets them in.
  // Errors: the store, the address.
  absl::Status Start(router::Router& router);
  // Says goodbye to the peers and cuts what is left.
  void Stop();
  // Takes over what may change while the node runs: the lists, the peers known in advance, and the
  // identity as it stands on disk. What is bad is logged and left as it was.
  void Reload(const config::Config& config);
  void Register(admin::HealthBoard& health, admin::MetricsRegistry& metrics);

  // Any thread.
  std::string DocumentText() const;
  int port() const;
  federation::Peers& peers() { return *peers_; }
  PeerPolicy& policy() { return *policy_; }
  // Posts to the shard on which the discovery lives.
  void AskDiscovery(absl::AnyInvocable<void(federation::Discovery&)> question);

 private:
  Federation(const config::Config& config, const DataDirectory& data, Below below,
             federation::OwnIdentity identity);
  absl::Status OpenDoor();
  // Tells the plugins who this node is.
  void Announce();
  absl::Status ReloadIdentity(const config::Config& config);
  runtime::Shard& home_shard() const { return below_.shards.at(0); }

  const Below below_;
  const std::string identity_folder_;
  const std::string address_;   // to listen on; empty: nowhere
  runtime::BlockingPool pool_;  // for questions to DNS and the web
  std::unique_ptr<DiscoveryPlugins> plugins_;
  federation::OwnIdentity identity_;
  std::unique_ptr<federation::Discovery> discovery_;
  std::unique_ptr<federation::GrpcDialer> dialer_;
  std::unique_ptr<federation::Peers> peers_;
  std::unique_ptr<PeerPolicy> policy_;
  std::unique_ptr<federation::GrpcFederationListener> listener_;
  bool started_ = false;

  mutable runtime::Mutex mutex_;
  std::string document_text_ ABSL_GUARDED_BY(mutex_);
  absl::Status door_ ABSL_GUARDED_BY(mutex_);
  int port_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Confirms the names of all foreign users and groups in the store. Blocks; the shard must run.
// Errors: those of the store.
absl::Status LoadForeignNames(runtime::Shard& shard, store::Store& store,
                              const names::NameBook& names);

}  // namespace molva::app
