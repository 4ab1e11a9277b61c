// What both ends of a link ask of gRPC. Private to server/federation/link.
#pragma once

#include <grpc/grpc.h>

namespace molva::federation {

// Bytes of frames that gRPC reads ahead of us on one stream, and so the most that a peer can make
// us hold beside kReadCredits frames.
inline constexpr int kLookAheadBytes = 1 << 20;
inline constexpr int kMaxMetadataBytes = 8 * 1024;
inline constexpr int kKeepaliveMs = 30'000;
inline constexpr int kKeepaliveTimeoutMs = 20'000;
inline constexpr int kMinPeerPingMs = 5'000;

// Calls `set(name, value)` for each.
template <typename Set>
void ForEachLinkArgument(Set set) {
  set(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kLookAheadBytes);
  set(GRPC_ARG_HTTP2_BDP_PROBE, 0);  // it would raise the bound above
  set(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  set(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinPeerPingMs);
  set(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // A short frame must not become a long one in our memory.
  set(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
  set(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
}

}  // namespace molva::federation
