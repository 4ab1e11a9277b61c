// All other servers that this node has to do with.
#pragma once

#include <absl/functional/any_invocable.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "federation/discovery/discovery.h"
#include "federation/identity/keys.h"
#include "federation/link/pipe.h"
#include "federation/peer/domain_rules.h"
#include "federation/peer/options.h"
#include "federation/peer/peer_stats.h"
#include "federation/peer/topics.h"
#include "names/name_book.h"
#include "router/router.h"
#include "runtime/shard.h"
#include "store/store.h"
#include "topic/peer_port.h"

namespace molva::federation {

// What Peers is built from.
struct PeersParts {
  const runtime::ShardSet& shards;
  std::vector<store::Store*> stores;  // one per shard
  const names::NameBook& names;       // with our domain
  ServerKey key;                      // signs our batches
  // Lives on discovery_shard.
  Discovery& discovery;
  runtime::Shard& discovery_shard;
  Dialer& dialer;
  Options options;
  DomainRules rules;
};

// Runs an actor for each peer, on the shard that its domain hashes to, and a port for topics on
// every shard.
//
// Life:    build it; hand port(i) to the router; Start() before the shards run; Stop(), then
//          stop the shards, then destroy it.
// Thread:  any, unless a call says otherwise.
// Borrows: all of PeersParts.
class Peers final : public PipeAcceptor {
 public:
  explicit Peers(PeersParts parts);
  ~Peers() override;
  Peers(const Peers&) = delete;
  Peers& operator=(const Peers&) = delete;

  // The port for the topics of shard `index`.
  topic::PeerPort& port(int index);

  // Lets topics be reached and calls on the peers for which something waits in the store. Before
  // the shards run.
  void Start(router::Router& router);
  // The same with one way to the topics per shard. Borrows them.
  void Start(std::vector<Topics*> topics);
  // Says Bye to everybody and takes nobody any more; `done` runs, on any shard, when all have gone
  // or after a few seconds. Once.
  void Stop(runtime::Task done);

  // PipeAcceptor
  void OnIncoming(std::string first_frame, PublicKey key, MakePipe make) override;

  // Closes the links that `rules` do not allow any more.
  void SetRules(DomainRules rules);
  // Signs with another key from now on.
  void SetKey(ServerKey key);

  // What is known of each peer in memory, by domain; at most a second old.
  std::vector<PeerStats> Snapshot() const;
  // Dials at once instead of waiting; makes an actor for a domain that has none.
  void RetryNow(const std::string& domain);
  // How long a frame takes there and back. `done` runs on any shard.
  // Errors: kUnavailable without a link or an answer in time; kPermissionDenied by the rules.
  using Pinged = absl::AnyInvocable<void(absl::StatusOr<absl::Duration>)>;
  void Ping(const std::string& domain, Pinged done);

 private:
  class PerShard;
  class Post;

  PerShard& at(std::string_view domain);
  void WakePeers(runtime::Shard& shard, store::Store& store);

  const std::unique_ptr<Post> post_;
  std::vector<std::unique_ptr<PerShard>> per_shard_;
};

}  // namespace molva::federation
