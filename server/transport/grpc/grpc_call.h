// What the shard has of a gRPC stream, whatever the stream is about. Private to
// server/transport/grpc.
#pragma once

#include <grpcpp/support/byte_buffer.h>

namespace molva::transport {

class GrpcDoor;

// Hears what a stream reports, by way of the door, and answers with StreamCommands.
//
// Thread: built on the thread of its stream, then the shard's, but for EndWrite.
class GrpcCall {
 public:
  virtual ~GrpcCall() = default;

  virtual void OnOpened(GrpcDoor& door) = 0;
  virtual void OnPacket(const grpc::ByteBuffer& bytes) = 0;
  // The client will send no more; or it is gone, then OnBroken follows.
  virtual void OnInputEnd() = 0;
  virtual void OnWritten() = 0;
  virtual void OnBroken() = 0;
  // The last one of all.
  virtual void OnClosed() = 0;
  // At the end of a turn in which GrpcDoor::MarkDue was called.
  virtual void Flush() = 0;
  virtual void BeginShutdown() = 0;

  // For the stream, on its own thread: the last Write is done. True if the call waits to hear so;
  // otherwise it will see for itself, and its shard need not be woken.
  [[nodiscard]] virtual bool EndWrite() = 0;
};

}  // namespace molva::transport
