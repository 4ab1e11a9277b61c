// The way to a server: requests out, packets in, over gRPC or WebSocket.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <molva/v1/replies.pb.h>
#include <molva/v1/requests.pb.h>

#include <memory>
#include <optional>
#include <string>

namespace molva::cli {

// One session on a server.
//
// Thread: one at a time.
// Errors: kUnavailable once the server cannot be reached or has closed; the text says why.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual absl::Status Send(const molva::v1::ClientMsg& message) = 0;
  // The next packet; nullopt if none came within `timeout`.
  virtual absl::StatusOr<std::optional<molva::v1::ServerMsg>> Receive(absl::Duration timeout) = 0;
  // Becomes readable when, after a Receive that found nothing, there may be something.
  virtual int poll_fd() const = 0;
};

enum class Security { kPlain, kTls };

struct ConnectOptions {
  std::string api_key;  // for WebSocket
  absl::Duration timeout = absl::Seconds(5);
};

// `address`: "host:port" or "grpc://…" (gRPC), "grpcs://…" (gRPC over TLS), "ws://…", "wss://…".
// Errors: kInvalidArgument for anything else, kUnavailable if nobody answers.
absl::StatusOr<std::unique_ptr<Connection>> Connect(const std::string& address,
                                                    const ConnectOptions& options);

absl::StatusOr<std::unique_ptr<Connection>> ConnectGrpc(const std::string& address,
                                                        const ConnectOptions& options);
absl::StatusOr<std::unique_ptr<Connection>> ConnectWebSocket(const std::string& url,
                                                             const ConnectOptions& options);

}  // namespace molva::cli
