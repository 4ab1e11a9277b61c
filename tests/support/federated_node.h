// One of several simulated nodes that talk to each other over a simulated network.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "federation/discovery/static_peers.h"
#include "federation/identity/keys.h"
#include "federation/peer/options.h"
#include "federation/peer/peers.h"
#include "tests/support/sim_network.h"
#include "tests/support/sim_node.h"

namespace molva::test {

// What a federated node is beside its disk: stays over restarts.
struct FederatedIdentity {
  std::string domain;
  federation::ServerKey key;
  int shards = 2;
  absl::Duration skew{};  // of its clock
  federation::Options options{};
  std::vector<federation::StaticPeer> peers{};  // whom it knows
  push::Pusher* pusher = nullptr;               // borrowed; null: nobody is pushed to
  const Seats* judges = nullptr;                // borrowed; null: nothing is judged
};

// A node whose SimNode runs with the real peers over the simulated network. While it is down there
// is no node().
//
// Borrows: the network, which outlives it.
class FederatedNode {
 public:
  FederatedNode(SimWorld& world, SimNetwork& network, FederatedIdentity identity);
  ~FederatedNode();

  void Start();
  // As kill -9 or a power cut would; the disk stays.
  void Kill(SimNetwork::Death death);

  bool is_up() const { return node_ != nullptr; }
  SimNode& node() { return *node_; }
  // Its links, while it is up.
  federation::Peers& peers();
  MemoryDisk& disk() { return *disk_; }
  const std::string& domain() const { return identity_.domain; }
  const federation::ServerKey& key() const { return identity_.key; }

 private:
  class Peering;

  SimWorld& world_;
  SimNetwork& network_;
  const FederatedIdentity identity_;
  const std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();  // shared with stores
  Peering* peering_ = nullptr;                                               // owned by node_
  std::unique_ptr<SimNode> node_;
};

// What each of several servers must know of the others.
federation::StaticPeer StaticPeerOf(const std::string& domain, const federation::ServerKey& key);

}  // namespace molva::test
