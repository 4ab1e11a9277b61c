// Everything a topic reaches outside itself.
#pragma once

#include "moderation/moderator.h"
#include "names/name_book.h"
#include "push/receipt.h"
#include "runtime/shard.h"
#include "store/store.h"
#include "topic/limits.h"
#include "topic/peer_port.h"
#include "topic/ports.h"
#include "topic/search_filter.h"
#include "validation/credentials.h"

namespace molva::topic {

// What the node offers beside the store; one per shard.
struct Services {
  validation::Credentials& credentials;
  std::vector<push::Pusher*> pushers = {};  // borrowed
  SearchFilter* search_filter = nullptr;    // borrowed; null: searches run as they come
  // Borrowed; null: everything takes effect as it comes.
  moderation::Moderator* moderator = nullptr;
};

// Borrows all of it; outlived by it.
struct TopicEnv {
  runtime::Shard& shard;
  store::Store& store;
  Outbound& outbound;
  const Limits& limits;
  const names::NameBook& names;
  PeerPort& peers;
  Services services;
  std::vector<std::string> reserved_tag_namespaces;  // only schemes and validators write these
};

}  // namespace molva::topic
