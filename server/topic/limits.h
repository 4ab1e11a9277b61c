// Bounds of topics. Set from the configuration; the defaults are the protocol's.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>

namespace molva::topic {

struct Limits {
  std::int32_t max_subscribers = 128;
  std::size_t max_tags = 16;
  std::size_t min_tag_length = 2;
  std::size_t max_tag_length = 96;
  std::int32_t max_messages_per_page = 100;
  std::int32_t max_results = 1024;
  std::int32_t max_deleted_per_request = 1024;
  // Publishes of one topic that wait for the store; more are refused with 503.
  std::int32_t max_publishes_in_flight = 4096;
  std::size_t max_publish_bytes_in_flight = 16 * 1024 * 1024;
  // Commands that wait for a topic to load or for a change to commit; more are refused with 503.
  std::size_t max_waiting_commands = 4096;
  absl::Duration linger = absl::Seconds(4);            // from the last session to unload and `off`
  absl::Duration user_agent_delay = absl::Seconds(5);  // before a switch of devices is announced
};

}  // namespace molva::topic
