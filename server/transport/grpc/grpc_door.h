// What one shard does for gRPC. Private to server/transport/grpc.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "runtime/shard.h"
#include "session/connection.h"
#include "transport/files/file_door.h"
#include "transport/grpc/grpc_call.h"
#include "transport/grpc/stream_messages.h"
#include "transport/limits.h"
#include "transport/traffic.h"
#include "wire/proto_decoder.h"

namespace molva::transport {

class CompletionLoop;

// Owns the calls of a shard, hands them what their streams report, and gathers what they want
// written until the end of the turn, so that one message to each loop carries it all.
//
// Thread:  the shard's; Receive and RequestCloseAll from any, traffic() from any.
// Borrows: shard, acceptor and what FileDoor names.
class GrpcDoor : public std::enable_shared_from_this<GrpcDoor> {
 public:
  GrpcDoor(runtime::Shard& shard, session::ConnectionAcceptor& acceptor, const FileDoor& files,
           const Limits& limits);
  ~GrpcDoor();

  // Posts `events` to the shard.
  void Receive(std::vector<StreamEvent> events);
  // Ends all sessions, and those yet to come, with kServerShutdown; what carries files may go on.
  void RequestCloseAll();
  Traffic traffic() const;

  // For the calls.
  void MarkDue(GrpcCall& call);  // Flush it at the end of the turn
  void Issue(CompletionLoop& loop, StreamCommand command);
  void CountSend(session::SendResult result, std::size_t bytes);
  void CountUnqueued(std::size_t bytes);
  void CountRequest(std::size_t bytes);
  void CountFileBytesIn(std::size_t bytes) { request_bytes_.Add(bytes); }
  void CountFileBytesOut(std::size_t bytes) { packet_bytes_.Add(bytes); }
  void CountSessionOpened();
  void CountSessionClosed();
  // Whether the queues of all sessions together may still grow.
  bool HasRoom() const { return queued_bytes_.value() < limits_.shard_queue_bytes; }
  runtime::Shard& shard() const { return shard_; }
  const Limits& limits() const { return limits_; }
  wire::ProtoDecoder& decoder() { return decoder_; }
  session::ConnectionAcceptor& acceptor() { return acceptor_; }
  const FileDoor& files() const { return files_; }
  bool is_closing() const { return is_closing_; }

 private:
  void OnEvents(std::vector<StreamEvent>& events);
  void OnEvent(StreamEvent& event);
  void OnTurnEnd();
  void ScheduleTurnEnd();

  runtime::Shard& shard_;
  session::ConnectionAcceptor& acceptor_;
  const FileDoor files_;
  const Limits limits_;
  wire::ProtoDecoder decoder_;
  // With whether the call stands in due_. What a call waits for knows it weakly.
  struct Entry {
    std::shared_ptr<GrpcCall> call;
    bool due = false;
  };
  absl::flat_hash_map<GrpcCall*, Entry> calls_;
  std::vector<GrpcCall*> due_;
  absl::flat_hash_map<CompletionLoop*, std::vector<StreamCommand>> commands_;
  bool turn_end_posted_ = false;
  bool is_closing_ = false;

  Counter calls_opened_;
  Counter calls_live_;
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
