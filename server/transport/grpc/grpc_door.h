// What one shard does for gRPC. Private to server/transport/grpc.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "runtime/shard.h"
#include "transport/grpc/grpc_connection.h"
#include "transport/grpc/stream_messages.h"
#include "transport/limits.h"
#include "transport/traffic.h"
#include "wire/proto_decoder.h"

namespace molva::transport {

class CompletionLoop;

// Owns the connections of a shard, hands them what their streams report, and gathers what they
// want written until the end of the turn, so that one message to each loop carries it all.
//
// Thread:  the shard's; Receive and RequestCloseAll from any, traffic() from any.
// Borrows: shard, acceptor.
class GrpcDoor : public std::enable_shared_from_this<GrpcDoor> {
 public:
  GrpcDoor(runtime::Shard& shard, session::ConnectionAcceptor& acceptor, const Limits& limits);
  ~GrpcDoor();

  // Posts `events` to the shard.
  void Receive(std::vector<StreamEvent> events);
  // Closes all connections, and those yet to come, with kServerShutdown.
  void RequestCloseAll();
  Traffic traffic() const;

  // For the connections.
  void MarkDue(GrpcConnection& connection);  // Flush it at the end of the turn
  void Issue(CompletionLoop& loop, StreamCommand command);
  void CountSend(session::SendResult result, std::size_t bytes);
  void CountUnqueued(std::size_t bytes);
  void CountRequest(std::size_t bytes);
  // Whether the queues of all connections together may still grow.
  bool HasRoom() const { return queued_bytes_.value() < limits_.shard_queue_bytes; }
  runtime::Shard& shard() const { return shard_; }
  const Limits& limits() const { return limits_; }
  wire::ProtoDecoder& decoder() { return decoder_; }

 private:
  void OnEvents(std::vector<StreamEvent>& events);
  void OnEvent(StreamEvent& event);
  void OnTurnEnd();
  void ScheduleTurnEnd();

  runtime::Shard& shard_;
  session::ConnectionAcceptor& acceptor_;
  const Limits limits_;
  wire::ProtoDecoder decoder_;
  // With whether the connection stands in due_.
  struct Entry {
    std::unique_ptr<GrpcConnection> connection;
    bool due = false;
  };
  absl::flat_hash_map<GrpcConnection*, Entry> connections_;
  std::vector<GrpcConnection*> due_;
  absl::flat_hash_map<CompletionLoop*, std::vector<StreamCommand>> commands_;
  bool turn_end_posted_ = false;
  bool closing_ = false;

  Counter sessions_opened_;
  Counter sessions_live_;
  Counter requests_;
  Counter request_bytes_;
  Counter packets_;
  Counter packet_bytes_;
  Counter dropped_;
  Counter overflows_;
  Counter queued_bytes_;
};

}  // namespace molva::transport
