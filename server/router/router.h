// The router of the node: one ShardRouter per shard.
#pragma once

#include <memory>
#include <vector>

#include "router/shard_router.h"
#include "runtime/shard.h"

namespace molva::router {

// Owns the shard routers. Built before the shards start and destroyed after they have stopped;
// in between any thread may call at() and IndexFor().
class Router {
 public:
  // `stores`, `peers` and `services` have one per shard, in order. Borrows everything.
  Router(const runtime::ShardSet& shards, const std::vector<store::Store*>& stores,
         const topic::Limits& limits, const names::NameBook& names,
         const std::vector<topic::PeerPort*>& peers, const std::vector<topic::Services>& services,
         const std::vector<std::string>& reserved_tag_namespaces);

  ShardRouter& at(int shard) { return *routers_[static_cast<std::size_t>(shard)]; }
  int size() const { return static_cast<int>(routers_.size()); }
  int IndexFor(model::TopicName topic) const { return shards_.IndexFor(topic.StableHash()); }
  runtime::Shard& shard(int index) { return shards_.at(index); }

 private:
  const runtime::ShardSet& shards_;
  std::vector<std::unique_ptr<ShardRouter>> routers_;
};

}  // namespace molva::router
