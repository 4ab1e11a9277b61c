// What one gRPC session has yet to write. Private to server/transport/grpc.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "model/shared_packet.h"
#include "session/connection.h"
#include "transport/limits.h"

namespace molva::transport {

// How packets become elements of the answering stream.
enum class StreamFraming : std::uint8_t {
  kBatched,  // a molva.v1.ServerBatch of all that is ready
  kSingle,   // one ServerMsg each
};

// Packets in the order in which they will be written. Over the soft limit it leaves out pres and
// info, over the hard limit it takes nothing.
//
// Thread: the shard's.
class PacketQueue {
 public:
  session::SendResult Push(const model::PacketPtr& packet, const Limits& limits);

  // Takes the packets of the next write, in elements ready for gRPC; about kWriteBytes of them.
  // Short packets are copied together, long ones stay where they are and are shared.
  std::vector<grpc::ByteBuffer> Take(StreamFraming framing);

  bool empty() const { return packets_.empty(); }
  std::size_t bytes() const { return bytes_; }
  void Clear();

 private:
  std::size_t CountForWrite(std::size_t max_packets) const;

  std::deque<model::PacketPtr> packets_;
  std::size_t bytes_ = 0;
};

}  // namespace molva::transport
