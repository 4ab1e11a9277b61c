// What a transport and a session know of each other. The transport moves bytes and decodes them;
// the session speaks the protocol. All calls happen on the shard that accepted the connection.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "model/request.h"
#include "model/shared_packet.h"
#include "model/user_id.h"

namespace molva::session {

// In which class a packet leaves: replies to one's own requests go before fan-out, so that a storm
// in one topic does not delay anybody's replies.
enum class Urgency : std::uint8_t { kReply, kFanOut };

enum class SendResult : std::uint8_t {
  kQueued,
  kDropped,   // over the soft limit: pres and info are left out, the client can live without
  kOverflow,  // over the hard limit: nothing was queued; the session must close
};

enum class CloseReason : std::uint8_t {
  kServerShutdown,  // WebSocket 1001, gRPC UNAVAILABLE
  kEvicted,         // account suspended or deleted: 1008, PERMISSION_DENIED
  kSlowReader,      // outgoing queue overflowed: 1013, RESOURCE_EXHAUSTED
  kFlood,           // too many requests: 1008, RESOURCE_EXHAUSTED
  kIdle,            // no sign of life in time: 1001, DEADLINE_EXCEEDED
};

enum class TransportKind : std::uint8_t { kWebSocket, kLongPoll, kGrpc };

struct ConnectionInfo {
  TransportKind transport = TransportKind::kWebSocket;
  std::string remote_address;  // without port
};

// One client connection, as its session sees it. Implemented by each transport.
class Connection {
 public:
  virtual ~Connection() = default;
  // Queues `packet`; it is written at the end of the shard's turn, gathered with others. Never
  // blocks, never calls back into the session.
  virtual SendResult Send(const model::PacketPtr& packet, Urgency urgency) = 0;
  // Writes what is queued (with a time limit), then closes. ConnectionHandler::OnClosed follows,
  // never from inside this call.
  virtual void Close(CloseReason reason) = 0;
  // Stops and restarts reading: the way a busy session slows its client down.
  virtual void PauseReading() = 0;
  virtual void ResumeReading() = 0;
};

// The session's half, called by the transport.
class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;
  // Who is logged in; Nobody before that.
  virtual model::UserId user() const { return model::UserId::Nobody(); }
  // One decoded packet, or why it could not be decoded (the session answers 400).
  virtual void OnRequest(absl::StatusOr<model::Request> request) = 0;
  // The connection is gone; it will not be used again. The transport destroys the handler next.
  virtual void OnClosed() = 0;
};

// Makes the session for each new connection; there is one acceptor per shard.
class ConnectionAcceptor {
 public:
  virtual ~ConnectionAcceptor() = default;
  // Returns null when the node takes no more sessions (limits, shutting down): the transport then
  // answers HTTP 503 or gRPC UNAVAILABLE. `connection` outlives the handler.
  virtual std::unique_ptr<ConnectionHandler> Accept(Connection& connection,
                                                    ConnectionInfo info) = 0;
};

}  // namespace molva::session
