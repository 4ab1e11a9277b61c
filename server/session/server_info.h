// What the server says of itself in the reply to the first hi.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/raw_json.h"

namespace molva::session {

// Source: docs/protocol messages §7, row "hi".
struct ServerInfo {
  std::string version = "0.25";  // of the protocol
  std::string build;             // of the program
  std::int64_t max_message_size = 131'072;
  std::int64_t max_subscriber_count = 128;
  std::int64_t min_tag_length = 2;
  std::int64_t max_tag_length = 96;
  std::int64_t max_tag_count = 16;

  model::JsonFields ToParams() const;
};

}  // namespace molva::session
