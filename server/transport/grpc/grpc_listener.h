// The gRPC door of the node: one session per MessageLoop stream.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/shard.h"
#include "session/connection.h"
#include "transport/files/file_door.h"
#include "transport/limits.h"
#include "transport/traffic.h"

namespace molva::transport {

// PEM files. They are read again once a minute: a renewed certificate needs no restart.
struct GrpcTlsFiles {
  std::string chain_file;
  std::string key_file;
};

struct GrpcOptions {
  std::string address = "127.0.0.1:16060";  // "host:port", "[v6]:port" or "unix:/path"; port 0: any
  mode_t unix_mode = 0660;                  // of a Unix socket
  std::optional<GrpcTlsFiles> tls;
  int threads = 1;                   // that move bytes; each has a completion queue
  std::uint32_t max_streams = 4096;  // live calls together; more get RESOURCE_EXHAUSTED
  std::uint32_t max_streams_per_connection = 128;
  std::uint32_t max_metadata_bytes = 16 * 1024;
  absl::Duration ping_interval = absl::Seconds(60);  // without traffic
  absl::Duration ping_timeout = absl::Seconds(20);
  absl::Duration min_client_ping_interval = absl::Seconds(1);
  Limits limits;
};

// Serves molva.v1.Node/MessageLoop, where packets that are ready together leave as one batch, and
// pbx.Node/MessageLoop, where each is an element of its own; and the files of both services. Other
// methods are UNIMPLEMENTED.
//
// Streams are dealt out to the shards in turn. Threads of the listener only move bytes to the
// shards and back, many at a time; sessions, decoding and encoding live on the shards.
//
// Thread: the owner's, which is no shard.
// Borrows: the shards, the acceptors and what files need, which outlive it.
class GrpcListener {
 public:
  // What there is on one shard.
  struct Place {
    runtime::Shard* shard;
    session::ConnectionAcceptor* acceptor;  // makes its sessions
    FileDoor files;
  };

  // Binds; nobody is served before Start.
  // Errors: kInvalidArgument for unreadable TLS files, kUnavailable if the address cannot be had.
  static absl::StatusOr<std::unique_ptr<GrpcListener>> Open(GrpcOptions options,
                                                            const std::vector<Place>& places);
  // Cuts what Shutdown has not ended; without a Shutdown the shards must have stopped before.
  ~GrpcListener();
  GrpcListener(const GrpcListener&) = delete;
  GrpcListener& operator=(const GrpcListener&) = delete;

  void Start();
  // Lets nobody in any more and closes sessions with kServerShutdown; files may go on. After
  // `grace` cuts what is left. Handlers get their OnClosed. The shards must be running.
  void Shutdown(absl::Duration grace);

  // The port it really listens on; 0 for a Unix socket.
  std::uint16_t port() const;
  // The sum over all shards, slightly old.
  Traffic traffic() const;

 private:
  struct Parts;
  explicit GrpcListener(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace molva::transport
