// Everything a session reaches outside itself.
#pragma once

#include "auth/authenticator.h"
#include "moderation/moderator.h"
#include "names/name_book.h"
#include "router/shard_router.h"
#include "session/limits.h"
#include "session/request_filter.h"
#include "session/server_info.h"
#include "session/traffic_gate.h"
#include "validation/reset_codes.h"

namespace molva::session {

// Borrows all of it; outlived by it. One per shard.
struct SessionEnv {
  router::ShardRouter& router;
  auth::Authenticator& authenticator;
  const Limits& limits;
  const ServerInfo& info;
  const topic::Limits& topic_limits;
  const names::NameBook& names;
  validation::Credentials& credentials;
  validation::ResetCodes& reset_codes;
  TrafficGate& traffic;
  RequestFilter* filter = nullptr;             // null: requests go straight to their handlers
  moderation::Moderator* moderator = nullptr;  // null: accounts are made as they come
};

}  // namespace molva::session
