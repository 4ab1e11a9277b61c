// The shard's half of a gRPC stream. Private to server/transport/grpc.
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
#include "transport/grpc/packet_queue.h"
#include "transport/grpc/stream_messages.h"

namespace molva::transport {

class CompletionLoop;
class GrpcDoor;

// One client connection. Requests wait here while reading is paused (at most kReadCredits), packets
// while a write is under way (Limits).
//
// Thread: built on the thread of its stream, then the shard's, but for EndWrite.
// Owns:   the session's handler. The door owns the connection.
class GrpcConnection final : public session::Connection {
 public:
  GrpcConnection(GrpcStream& stream, CompletionLoop& loop, StreamFraming framing,
                 session::ConnectionInfo info);
  ~GrpcConnection() override;

  session::SendResult Send(const model::PacketPtr& packet, session::Urgency urgency) override;
  void Close(session::CloseReason reason) override;
  void PauseReading() override { paused_ = true; }
  void ResumeReading() override;

  // What the stream reports, by way of the door.
  void OnOpened(GrpcDoor& door, session::ConnectionAcceptor& acceptor);
  void OnPacket(const grpc::ByteBuffer& bytes);
  void OnInputEnd();
  void OnWritten();
  void OnBroken();
  void OnClosed();

  // Hands out requests that waited.
  void DeliverWaiting();
  // The commands that are due now, in order, through `door`.
  void Flush();

  // For the stream, on its own thread: the last Write is done. True if the connection waits to
  // hear so; otherwise it will see for itself, and its shard need not be woken.
  [[nodiscard]] bool EndWrite() {
    return write_state_.exchange(WriteState::kIdle) == WriteState::kAwaited;
  }

 private:
  enum class State : std::uint8_t { kOpen, kDraining, kFinished };

  // What the two threads know of the write under way.
  enum class WriteState : std::uint8_t { kIdle, kWriting, kAwaited };

  // Whether nothing is being written. If not, kWritten will tell.
  bool IsIdleOrAwait();
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
