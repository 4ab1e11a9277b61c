// A session on a gRPC stream: the shard's half. Private to server/transport/grpc.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "runtime/shard.h"
#include "session/connection.h"
#include "transport/grpc/grpc_call.h"
#include "transport/grpc/packet_queue.h"
#include "transport/grpc/stream_messages.h"

namespace molva::transport {

class CompletionLoop;

// One client connection. Requests wait here while reading is paused (at most kReadCredits), packets
// while a write is under way (Limits).
//
// Thread: built on the thread of its stream, then the shard's, but for EndWrite.
// Owns:   the session's handler. The door owns the connection.
class GrpcConnection final : public GrpcCall, public session::Connection {
 public:
  GrpcConnection(GrpcStream& stream, CompletionLoop& loop, StreamFraming framing,
                 session::ConnectionInfo info);
  ~GrpcConnection() override;

  session::SendResult Send(const model::PacketPtr& packet, session::Urgency urgency) override;
  void Close(session::CloseReason reason) override;
  void PauseReading() override { paused_ = true; }
  void ResumeReading() override;

  void OnOpened(GrpcDoor& door) override;
  void OnPacket(const grpc::ByteBuffer& bytes) override;
  void OnInputEnd() override;
  void OnWritten() override;
  void OnBroken() override;
  void OnClosed() override;
  void Flush() override;
  void BeginShutdown() override { Close(session::CloseReason::kServerShutdown); }
  [[nodiscard]] bool EndWrite() override {
    return write_state_.exchange(WriteState::kIdle) == WriteState::kAwaited;
  }

 private:
  enum class State : std::uint8_t { kOpen, kDraining, kFinished };

  // What the two threads know of the write under way.
  enum class WriteState : std::uint8_t { kIdle, kWriting, kAwaited };

  // Whether nothing is being written. If not, kWritten will tell.
  bool IsIdleOrAwait();
  // Hands out requests that waited.
  void DeliverWaiting();
  void StartWrite();
  void ReturnCredits(int at_least);
  void Deliver(const grpc::ByteBuffer& bytes);
  void Drain(grpc::Status status);
  void Finish(StreamCommand::Finish::Mode mode);

  GrpcStream& stream_;
  CompletionLoop& loop_;
  const StreamFraming framing_;
  session::ConnectionInfo info_;
  GrpcDoor* door_ = nullptr;
  std::unique_ptr<session::ConnectionHandler> handler_;
  PacketQueue queue_;
  std::deque<grpc::ByteBuffer> waiting_;
  grpc::Status status_;  // that the stream will end with
  runtime::TimerId drain_timer_ = runtime::TimerId::kNone;
  State state_ = State::kOpen;
  bool paused_ = false;
  bool input_ended_ = false;
  int credits_ = 0;  // to be returned
  std::atomic<WriteState> write_state_{WriteState::kIdle};
};

}  // namespace molva::transport
