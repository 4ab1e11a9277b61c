// What the two halves of a gRPC stream tell each other: GrpcStream on a completion queue's thread,
// a GrpcCall on a shard. Private to server/transport/grpc.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <variant>
#include <vector>

namespace molva::transport {

class GrpcCall;
class GrpcStream;

// Requests of one session on their way to the shard or waiting there. Reading stops when they are
// used up; the shard returns each when the request was handled.
inline constexpr int kReadCredits = 16;

// From the stream. `call` is valid until kClosed, which is the last event of a stream.
struct StreamEvent {
  enum class Kind {
    kOpened,    // `opened` is the call
    kPacket,    // `bytes` came in
    kInputEnd,  // the client will send no more
    kWritten,   // the last Write is done, and the call waits for that
    kBroken,    // the client is gone; nothing can be written
    kClosed,
  };

  Kind kind;
  GrpcCall* call;
  std::shared_ptr<GrpcCall> opened;
  grpc::ByteBuffer bytes;
};

// From the call. Nothing may follow Finish: the stream may be gone.
struct StreamCommand {
  // Elements of the answering stream, in order. Not before the Write before has ended.
  struct Write {
    std::vector<grpc::ByteBuffer> elements;
  };
  struct Credit {
    int requests = 0;
  };
  // Ends the stream. A Write under way is waited for, unless `cut`.
  struct Finish {
    enum class Mode { kWait, kCut };
    grpc::Status status;
    Mode mode = Mode::kWait;
  };

  GrpcStream* stream;
  std::variant<Write, Credit, Finish> action;
};

}  // namespace molva::transport
