// How much of everything one client may have, and how long it may take.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>

#include "transport/websocket/compression.h"

namespace molva::transport {

// Limits of one listener. The app fills them from the configuration.
struct Limits {
  // One packet from a client; a longer one closes the connection (WebSocket 1009).
  std::size_t max_message_bytes = 256 * 1024;
  // Whether clients of WebSocket that offer it may deflate their messages, and get deflated ones.
  Compression websocket_compression = Compression::kNone;
  std::size_t max_http_body_bytes = 64 * 1024;

  // One session's outgoing queue. Over the soft limit pres and info are left out, over the hard
  // limit nothing is taken any more. The hard one must hold a page of history.
  std::size_t soft_queue_frames = 256;
  std::size_t soft_queue_bytes = 256 * 1024;
  std::size_t hard_queue_frames = 8192;
  std::size_t hard_queue_bytes = 16 * 1024 * 1024;
  // All frames waiting on one shard, a shared one counted once. Above it, sessions that do not
  // keep up get kOverflow whatever their own queue holds.
  std::size_t shard_queue_bytes = 256 * 1024 * 1024;

  absl::Duration handshake_timeout = absl::Seconds(10);  // TLS, then each HTTP request head
  absl::Duration http_idle_timeout = absl::Seconds(30);  // between requests of one connection
  absl::Duration ping_interval = absl::Milliseconds(49'500);
  absl::Duration poll_wait = absl::Milliseconds(49'500);  // of a long poll that finds nothing
  absl::Duration poll_idle_timeout = absl::Seconds(70);   // without a request for a long-poll sid
  absl::Duration read_timeout = absl::Seconds(55);        // without a byte from the client
  absl::Duration write_timeout = absl::Seconds(10);       // without a byte taken by the client
  absl::Duration close_timeout = absl::Seconds(5);        // for the client's half of a close
};

}  // namespace molva::transport
