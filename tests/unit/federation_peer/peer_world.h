// Nodes that are nothing but their peers: real actors, stores and keys over the simulated network;
// topics that only note what they are told.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "chain/body.h"
#include "federation/discovery/discovery.h"
#include "federation/discovery/static_peers.h"
#include "federation/peer/frames.h"
#include "federation/peer/peers.h"
#include "tests/support/memory_store.h"
#include "tests/support/sim_network.h"
#include "tests/support/sim_world.h"

namespace molva::federation {

class PeerNode;

// The topics of one shard: they note commands and, unless told otherwise, acknowledge entries.
class NotedTopics final : public Topics {
 public:
  NotedTopics(PeerNode& node, int index) : node_(node), index_(index) {}
  void Send(model::TopicName topic, topic::Command command) override;
  void SendToAll(const topic::PeerLink& command) override;

 private:
  PeerNode& node_;
  const int index_;
};

class PeerWorld;

// One server.
class PeerNode {
 public:
  PeerNode(PeerWorld& world, std::string domain, ServerKey key, Options options, DomainRules rules,
           std::shared_ptr<test::MemoryDisk> disk = std::make_shared<test::MemoryDisk>());

  // Nothing runs here any more, as after kill -9.
  void Halt();

  template <typename T>
  std::vector<T> Told(const std::string& of = {}) const {
    std::vector<T> all;
    for (const auto& [name, command] : told) {
      if (const auto* match = std::get_if<T>(&command)) {
        if (of.empty() || name.ToString() == of) all.push_back(*match);
      }
    }
    return all;
  }
  // The numbers of the entries that the topics were handed, in order.
  std::vector<std::int64_t> Entries(topic::LaneKind kind) const;
  bool IsConnected(const std::string& to) { return peers->port(0).IsConnected(to); }
  PeerStats StatsOf(const std::string& peer);
  store::Store& store() { return *stores.front(); }
  // Writes and waits.
  void Write(store::Batch batch);
  std::vector<store::DeliveryRecord> Pending(const std::string& peer);

  PeerWorld& world;
  const std::string domain;
  const ServerKey key;
  std::vector<test::SimShard*> sim_shards;
  std::vector<runtime::Shard*> raw_shards;
  std::unique_ptr<runtime::ShardSet> shards;
  std::shared_ptr<test::MemoryDisk> disk;
  std::vector<std::unique_ptr<test::MemoryStore>> stores;
  names::NameBook names;
  std::unique_ptr<Discovery> discovery;
  std::unique_ptr<Dialer> dialer;
  std::unique_ptr<Peers> peers;
  std::vector<std::unique_ptr<NotedTopics>> topics;

  std::vector<std::pair<model::TopicName, topic::Command>> told;
  std::vector<topic::PeerLink> links;  // as shard 0 heard
  // What `me` topics do when a link is up.
  std::function<void()> on_up;
  enum class Answer : std::uint8_t { kAcknowledge, kNothing } answer = Answer::kAcknowledge;
};

// A clock, a network and the keys that everybody knows of everybody.
class PeerWorld {
 public:
  explicit PeerWorld(std::uint64_t seed = 1) : sim(seed), network(sim) {}

  ServerKey KeyOf(const std::string& domain);
  PeerNode& Add(const std::string& domain, Options options = {}, DomainRules rules = {});
  std::vector<StaticPeer> StaticPeers();

  test::SimWorld sim;
  test::SimNetwork network;
  std::map<std::string, ServerKey> keys;
  // Where nodes that are added from now on ask for key documents.
  std::function<Discovery::Sources(runtime::Shard&)> make_sources = [](runtime::Shard&) {
    return Discovery::Sources{};
  };
  std::vector<std::unique_ptr<PeerNode>> nodes;
};

// A peer that does what a test wants: it dials `target` and sends what it is told to.
class RawPeer final : public PipeHandler {
 public:
  RawPeer(PeerWorld& world, const std::string& domain, const PublicKey& key, PeerNode& target);

  void Send(std::string frame) { pipe->Send(std::move(frame)); }
  // Hello and an empty Resume, as a good peer.
  void Greet(const std::string& domain);
  template <typename T>
  std::vector<T> Got() const {
    std::vector<T> all;
    for (const ReceivedFrame& frame : frames) {
      if (const auto* match = std::get_if<T>(&frame)) all.push_back(*match);
    }
    return all;
  }
  // The word of the last Bye; empty if there was none.
  std::string bye() const;

  void OnFrame(std::string frame) override;
  void OnWritable() override {}
  void OnClosed(const absl::Status&) override { is_closed = true; }

  PeerWorld& world;
  std::unique_ptr<Dialer> dialer;
  std::unique_ptr<Pipe> pipe;
  std::vector<ReceivedFrame> frames;
  bool is_closed = false;
};

// A group of the server at `home`, as everybody names it.
std::string GroupName(std::uint64_t bits, const std::string& home);
std::string UserName(std::uint64_t bits, const std::string& domain);

// The chain of a group: entries in the home's store, due to a peer.
class TestChain {
 public:
  TestChain(PeerNode& home, std::uint64_t bits);

  // One event more by a user of `home`; in the store and due to `peer`, but nobody is told.
  topic::LaneItemPtr Append(const std::string& peer);
  // The same, and the port is told.
  void Publish(const std::string& peer);
  topic::LaneItemPtr MakeItem();
  std::int64_t n() const { return n_; }
  model::TopicName name() const { return name_; }
  const std::string& global() const { return global_; }

 private:
  PeerNode& home_;
  const model::TopicName name_;
  const std::string global_;
  std::int64_t n_ = 0;
  std::string prev_;
};

}  // namespace molva::federation
