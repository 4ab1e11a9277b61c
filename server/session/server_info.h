// What the server says of itself in the reply to the first hi.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/raw_json.h"
#include "model/request.h"
#include "topic/limits.h"

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
  // How old a message may be and still be deleted for everybody; no limit: InfiniteDuration.
  absl::Duration delete_age = absl::InfiniteDuration();
  std::int64_t max_file_upload_size = 0;  // zero: the node takes no files
  // By level: the methods of which an account must have a credential. Levels that need none are
  // left out.
  std::vector<std::pair<model::AuthLevel, std::vector<std::string>>> required_credentials;
  std::string web_push_key;    // in base64url; empty: no pushes to browsers
  model::RawJson ice_servers;  // absent: there are no calls
  absl::Duration call_timeout = absl::Seconds(30);
  topic::Limits::Search search = topic::Limits::Search::kOn;
  enum class SecondFactor : std::uint8_t { kNone, kTotp };
  SecondFactor second_factor = SecondFactor::kNone;

  model::JsonFields ToParams() const;
};

}  // namespace molva::session
