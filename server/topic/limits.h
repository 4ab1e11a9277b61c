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
  // Who must ask before he may write to somebody for the first time.
  enum class Requests : std::uint8_t { kForeign, kAll } requests = Requests::kForeign;
  // From a declined request to the next one.
  absl::Duration ask_again_after = absl::Hours(24);
  // Proposals of one topic that wait for its home; more are refused with 503.
  std::int64_t max_queued_proposals = 10'000;
  // How long an answer of a topic's home is waited for.
  absl::Duration home_patience = absl::Seconds(10);
  absl::Duration linger = absl::Seconds(4);            // from the last session to unload and `off`
  absl::Duration user_agent_delay = absl::Seconds(5);  // before a switch of devices is announced
};

}  // namespace molva::topic
