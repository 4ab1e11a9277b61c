// Everything a topic reaches outside itself.
#pragma once

#include "names/name_book.h"
#include "runtime/shard.h"
#include "store/store.h"
#include "topic/limits.h"
#include "topic/peer_port.h"
#include "topic/ports.h"

namespace molva::topic {

// Borrows all of it; outlived by it.
struct TopicEnv {
  runtime::Shard& shard;
  store::Store& store;
  Outbound& outbound;
  const Limits& limits;
  const names::NameBook& names;
  PeerPort& peers;
  std::vector<std::string> reserved_tag_namespaces;  // only auth schemes write these
};

}  // namespace molva::topic
