// Everything an actor reaches outside itself.
#pragma once

#include <cstdint>

#include "federation/identity/keys.h"
#include "federation/link/pipe.h"
#include "federation/peer/directory.h"
#include "federation/peer/domain_rules.h"
#include "federation/peer/options.h"
#include "federation/peer/topics.h"
#include "names/name_book.h"
#include "runtime/shard.h"
#include "store/store.h"
#include "topic/command.h"

namespace molva::federation {

// Tells all shards what has become of a link, and whether more may be left for a peer.
//
// Thread: any shard's.
class LinkHerald {
 public:
  virtual ~LinkHerald() = default;
  // When link number `link` of the peer is up, each shard tells the actor once its `me` topics have
  // said who is online (PeerActor::OnShardTold).
  virtual void Announce(const topic::PeerLink& news, std::uint64_t link) = 0;
  enum class Room : bool { kNone, kSome };
  virtual void AnnounceRoom(const std::string& domain, Room room) = 0;
  virtual int shard_count() const = 0;
};

// What may change while the node runs. One per shard.
struct LivePolicy {
  ServerKey key;
  DomainRules rules;
};

// Borrows all of it; outlived by it.
struct PeerEnv {
  runtime::Shard& shard;
  store::Store& store;
  const names::NameBook& names;
  Dialer& dialer;
  Directory& directory;
  Topics& topics;
  LinkHerald& herald;
  const Options& options;
  const LivePolicy& policy;
};

}  // namespace molva::federation
