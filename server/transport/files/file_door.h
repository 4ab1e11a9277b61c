// What requests about files are served by, on one shard.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "media/files.h"
#include "session/doorkeeper.h"
#include "transport/http/cors.h"
#include "transport/longpoll/long_poll_host.h"

namespace molva::transport {

// Where files are, below the path of the protocol.
inline constexpr std::string_view kFilesPath = "/v0/file/";

// Borrows all of it.
struct FileDoor {
  media::Files* files = nullptr;  // null: the node keeps none
  const session::Doorkeeper* doorkeeper = nullptr;
  absl::Duration keeps_unused_for;  // a file that nothing refers to
};

// What the exchanges of one shard need; outlives them.
struct FileRules {
  FileDoor door;
  const CorsRules* cors = nullptr;
  std::shared_ptr<LongPollHost> long_poll;
  std::function<bool(std::string_view key)> is_valid_api_key;
};

}  // namespace molva::transport
