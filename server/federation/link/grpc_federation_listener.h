// Takes links from other servers over gRPC.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "federation/link/pipe.h"

namespace molva::federation {

struct LinkLimits {
  int max_links = 1024;
  int max_links_per_address = 8;  // IPv6: per 64 bits of prefix
  absl::Duration handshake_timeout = absl::Seconds(10);
  absl::Duration first_frame_timeout = absl::Seconds(10);
  absl::Duration idle_timeout = absl::Seconds(20);  // of a connection without a link
  std::size_t memory_bytes = 256 << 20;             // of all connections together
};

// Serves molva.federation.v1.Federation/Link: TLS with any Ed25519 certificate, whose key is handed
// to the acceptor with the first frame. Whatever is malformed ends its own connection only.
//
// Thread:  the owner's, which is no shard; `acceptor` is called on a thread of the listener's own.
// Borrows: the acceptor.
// Full:    links over the limits are refused with RESOURCE_EXHAUSTED; memory over its limit closes
//          connections.
// Source:  docs/federation.md §6.
class GrpcFederationListener {
 public:
  // Binds "host:port" (port 0: any) and serves at once.
  // Errors: kUnavailable if the address cannot be had.
  static absl::StatusOr<std::unique_ptr<GrpcFederationListener>> Open(const std::string& address,
                                                                      const ServerKey& key,
                                                                      PipeAcceptor& acceptor,
                                                                      const LinkLimits& limits);
  // Cuts what is left, without a word to the handlers.
  ~GrpcFederationListener();
  GrpcFederationListener(const GrpcFederationListener&) = delete;
  GrpcFederationListener& operator=(const GrpcFederationListener&) = delete;

  std::uint16_t port() const;
  std::uint64_t accepted() const;
  std::uint64_t refused() const;

 private:
  struct Parts;
  explicit GrpcFederationListener(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace molva::federation
