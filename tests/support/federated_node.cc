#include "tests/support/federated_node.h"

#include <utility>

#include "federation/discovery/discovery.h"

namespace molva::test {

class FederatedNode::Peering final : public SimPeering {
 public:
  Peering(SimNetwork& network, const FederatedIdentity& identity, const runtime::ShardSet& shards,
          const std::vector<store::Store*>& stores, const names::NameBook& names)
      : network_(network),
        identity_(identity),
        discovery_(shards.at(0), *stores[0], identity.peers, {}),
        dialer_(network.DialerOf(identity.domain, identity.key.public_key())),
        peers_({.shards = shards,
                .stores = stores,
                .names = names,
                .key = identity.key,
                .discovery = discovery_,
                .discovery_shard = shards.at(0),
                .dialer = *dialer_,
                .options = identity.options,
                .rules = {}}) {}

  topic::PeerPort& port(int shard) override { return peers_.port(shard); }
  void Start(router::Router& router) override {
    peers_.Start(router);
    network_.Join(identity_.domain, identity_.key.public_key(), peers_);
  }
  federation::Peers& peers() { return peers_; }

 private:
  SimNetwork& network_;
  const FederatedIdentity& identity_;
  federation::Discovery discovery_;
  const std::unique_ptr<federation::Dialer> dialer_;
  federation::Peers peers_;
};

FederatedNode::FederatedNode(SimWorld& world, SimNetwork& network, FederatedIdentity identity)
    : world_(world), network_(network), identity_(std::move(identity)) {
  Start();
}

FederatedNode::~FederatedNode() {
  if (is_up()) Kill(SimNetwork::Death::kProcess);
}

void FederatedNode::Start() {
  SimIdentity identity;
  identity.domain = identity_.domain;
  identity.alias_secret = "aliases of " + identity_.domain;
  identity.skew = identity_.skew;
  identity.judges = identity_.judges;
  identity.make_peering = [this](const runtime::ShardSet& shards,
                                 const std::vector<store::Store*>& stores,
                                 const names::NameBook& names) {
    auto peering = std::make_unique<Peering>(network_, identity_, shards, stores, names);
    peering_ = peering.get();
    return peering;
  };
  node_ = std::make_unique<SimNode>(world_, identity_.shards, disk_, identity, SimValidation{},
                                    identity_.pusher);
}

void FederatedNode::Kill(SimNetwork::Death death) {
  network_.Vanish(identity_.domain, death);
  node_->Kill();
  peering_ = nullptr;
  node_.reset();
}

federation::Peers& FederatedNode::peers() { return peering_->peers(); }

federation::StaticPeer StaticPeerOf(const std::string& domain, const federation::ServerKey& key) {
  return {domain, {domain}, {key.public_key()}};
}

}  // namespace molva::test
