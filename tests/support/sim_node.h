// A whole node without sockets: router, sessions and topics over simulated shards and a store in
// memory; and clients that speak JSON to it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "moderation/bench.h"
#include "router/router.h"
#include "session/account_desk.h"
#include "session/session_host.h"
#include "tests/support/mailbox.h"
#include "tests/support/memory_store.h"
#include "tests/support/plain_authenticator.h"
#include "tests/support/sim_judge.h"
#include "tests/support/sim_world.h"
#include "wire/json_decoder.h"

namespace molva::test {

class SimClient;

// The way of a node to other ones.
class SimPeering {
 public:
  virtual ~SimPeering() = default;
  virtual topic::PeerPort& port(int shard) = 0;
  // The topics are there; calls may come and go from now on.
  virtual void Start(router::Router& router) = 0;
};

// Who a node is among others, and how it reaches them.
struct SimIdentity {
  std::string domain;
  std::string alias_secret;
  absl::Duration skew;  // of its clock
  // What it is given lives as long as what it makes.
  using MakePeering = std::function<std::unique_ptr<SimPeering>(
      const runtime::ShardSet& shards, const std::vector<store::Store*>& stores,
      const names::NameBook& names)>;
  MakePeering make_peering;
  const Seats* judges = nullptr;  // borrowed; null: nothing is judged
};

// Of which contacts it has letters sent, and where they end up.
struct SimValidation {
  std::shared_ptr<Mailbox> mailbox;  // null: it validates nothing
  validation::Rules email;
  int letters_per_hour = 0;  // to one contact; zero: no limit
  validation::ResetLimits resets;
  absl::Duration erase_unvalidated_after;  // zero: never
};

// One node. Several may share a world. Kill() drops it as kill -9 would; a new one over the same
// disk is the restart.
class SimNode {
 public:
  SimNode(SimWorld& world, int shards, std::shared_ptr<MemoryDisk> disk);
  // One of several nodes that talk to each other.
  SimNode(SimWorld& world, int shards, std::shared_ptr<MemoryDisk> disk,
          const SimIdentity& identity, const SimValidation& validation = {},
          push::Pusher* pusher = nullptr);
  ~SimNode();

  // Nothing of it runs any more; what has not reached the disk is lost.
  void Kill();
  // A connection accepted by shard `shard`.
  std::unique_ptr<SimClient> Connect(int shard);
  // What its operator does.
  void DoToAccount(session::AccountAction action, const std::string& login,
                   session::AccountDone done);
  MemoryDisk& disk() { return *disk_; }
  topic::Limits& topic_limits() { return topic_limits_; }
  session::Limits& session_limits() { return session_limits_; }
  session::TrafficGate& traffic() { return traffic_; }
  const names::NameBook& names() const { return names_; }

 private:
  friend class SimClient;
  struct ShardParts;

  void ConfirmNames();
  std::vector<topic::Services> MakeGates(const SimValidation& validation);
  moderation::Moderator* ModeratorOf(std::size_t shard) const {
    return benches_.empty() ? nullptr : benches_[shard].get();
  }

  SimWorld& world_;
  std::shared_ptr<MemoryDisk> disk_;
  topic::Limits topic_limits_;
  session::Limits session_limits_;
  session::TrafficGate traffic_{{}, 1};
  session::ServerInfo info_;
  names::NameBook names_;
  topic::NoPeers no_peers_;
  push::Pusher* const pusher_;  // null: nobody is pushed to
  ValidationBench validation_;
  std::vector<SimShard*> own_shards_;
  runtime::ShardSet shards_;
  std::vector<std::unique_ptr<MemoryStore>> stores_;
  std::vector<std::unique_ptr<ShardGate>> gates_;
  std::vector<std::unique_ptr<moderation::Bench>> benches_;  // by shard; empty: nothing is judged
  std::unique_ptr<SimPeering> peering_;                      // null: it is alone
  std::unique_ptr<router::Router> router_;
  std::vector<std::unique_ptr<ShardParts>> parts_;
};

// One client connection. Packets travel as JSON text both ways, through the real codecs.
class SimClient final : public session::Connection {
 public:
  SimClient(SimNode& node, session::ConnectionAcceptor& acceptor, runtime::Shard& shard);
  ~SimClient() override;

  // Sends one packet and lets the world settle.
  void Send(std::string_view json);
  // The packets that arrived and were not taken yet, oldest first.
  std::deque<std::string>& inbox() { return inbox_; }
  // Drops the connection.
  void Close();
  bool is_open() const { return handler_ != nullptr; }
  bool was_closed_by_server() const { return closed_by_server_; }

  // session::Connection
  session::SendResult Send(const model::PacketPtr& packet, session::Urgency urgency) override;
  void Close(session::CloseReason reason) override;
  void PauseReading() override {}
  void ResumeReading() override {}

 private:
  SimNode& node_;
  runtime::Shard& shard_;
  wire::JsonDecoder decoder_;
  std::unique_ptr<session::ConnectionHandler> handler_;
  std::deque<std::string> inbox_;
  bool closed_by_server_ = false;
};

}  // namespace molva::test
