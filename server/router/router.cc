#include "router/router.h"

namespace molva::router {

Router::Router(const runtime::ShardSet& shards, const std::vector<store::Store*>& stores,
               const topic::Limits& limits, const names::NameBook& names,
               const std::vector<topic::PeerPort*>& peers,
               const std::vector<topic::Services>& services,
               const std::vector<std::string>& reserved_tag_namespaces)
    : shards_(shards) {
  for (int i = 0; i < shards.size(); ++i) {
    routers_.push_back(std::make_unique<ShardRouter>(
        *this, shards.at(i), *stores[static_cast<std::size_t>(i)], limits, names,
        *peers[static_cast<std::size_t>(i)], services[static_cast<std::size_t>(i)],
        reserved_tag_namespaces));
  }
}

}  // namespace molva::router
