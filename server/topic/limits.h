// Bounds of topics. Set from the configuration; the defaults are the protocol's.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/access_mode.h"

namespace molva::topic {

struct Limits {
  std::int32_t max_subscribers = 128;
  std::size_t max_tags = 16;
  std::size_t min_tag_length = 2;
  std::size_t max_tag_length = 96;
  // Tags of these namespaces are searched for only by those who have them.
  std::vector<std::string> masked_tag_namespaces;
  std::int32_t max_messages_per_page = 100;
  std::int32_t max_results = 1024;
  std::int32_t max_deleted_per_request = 1024;
  // How old a message may be and still be deleted for everybody.
  absl::Duration delete_age = absl::InfiniteDuration();
  // What each of two people can have in their topic; with D they delete for both.
  model::AccessMode most_in_p2p = model::access::kP2p;
  // Whether messages are indexed by their words, and so found.
  enum class Search : std::uint8_t { kOff, kOn } search = Search::kOn;
  // Publishes of one topic that wait for the store; more are refused with 503.
  std::int32_t max_publishes_in_flight = 4096;
  std::size_t max_publish_bytes_in_flight = 16 * 1024 * 1024;
  // Commands that wait for a topic to load or for a change to commit; more are refused with 503.
  std::size_t max_waiting_commands = 4096;
  // Changes of one account's credentials that wait for each other; more are refused with 503.
  std::size_t max_credential_errands = 64;
  // Who must ask before he may write to somebody for the first time.
  enum class Requests : std::uint8_t { kForeign, kAll } requests = Requests::kForeign;
  // From a declined request to the next one.
  absl::Duration ask_again_after = absl::Hours(24);
  // Proposals of one topic that wait for its home; more are refused with 503.
  std::int64_t max_queued_proposals = 10'000;
  // How long an answer of a topic's home is waited for.
  absl::Duration home_patience = absl::Seconds(10);
  // How long a topic's home elsewhere is asked to let go of an ended account.
  absl::Duration leave_patience = absl::Hours(24 * 7);
  // Calls need ICE servers, by which the two find a way to each other.
  enum class Calls : std::uint8_t { kOff, kOn } calls = Calls::kOff;
  absl::Duration call_timeout = absl::Seconds(30);  // from the first ring to "missed"
  // How old messages become before they are deleted for everybody.
  absl::Duration keep_messages = absl::InfiniteDuration();
  absl::Duration linger = absl::Seconds(4);            // from the last session to unload and `off`
  absl::Duration user_agent_delay = absl::Seconds(5);  // before a switch of devices is announced
};

}  // namespace molva::topic
