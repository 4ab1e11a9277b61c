#include "transport/grpc/packet_queue.h"

#include <grpc/slice.h>
#include <grpcpp/support/slice.h>

#include <cstring>
#include <memory>
#include <string_view>

#include "wire/proto_encoder.h"

namespace molva::transport {
namespace {

// One write holds about so much: enough to make its cost small, little enough to wait for.
constexpr std::size_t kWriteBytes = 256 * 1024;
constexpr std::size_t kSingleElementsPerWrite = 64;
// Below this a copy is cheaper than counting references to the original.
constexpr std::size_t kShareFromBytes = 4096;

const model::Frame& FrameOf(const model::PacketPtr& packet) {
  return packet->In(model::WireForm::kProto, wire::EncodeProto);
}

// Bytes of a packet that gRPC keeps alive by holding the packet.
grpc::Slice ShareBytes(const model::PacketPtr& packet, std::string_view bytes) {
  auto holder = std::make_unique<model::PacketPtr>(packet);
  const auto release = [](void* held) {
    std::unique_ptr<model::PacketPtr>(static_cast<model::PacketPtr*>(held));
  };
  // gRPC has no const here; it only reads.
  return grpc::Slice(const_cast<char*>(bytes.data()), bytes.size(), release, holder.release());
}

grpc::Slice CopyOrShare(const model::PacketPtr& packet, std::string_view bytes) {
  if (bytes.size() >= kShareFromBytes) return ShareBytes(packet, bytes);
  return grpc::Slice(bytes.data(), bytes.size());
}

// One slice with the frames of `count` packets from `first` on.
template <typename Iterator>
grpc::Slice CopyTogether(Iterator first, Iterator last, std::size_t total_bytes) {
  grpc_slice slice = grpc_slice_malloc(total_bytes);
  std::uint8_t* out = GRPC_SLICE_START_PTR(slice);
  for (; first != last; ++first) {
    const std::string& bytes = FrameOf(*first).bytes;
    std::memcpy(out, bytes.data(), bytes.size());
    out += bytes.size();
  }
  return grpc::Slice(slice, grpc::Slice::STEAL_REF);
}

// The frames from `first` on, laid end to end: a ServerBatch.
template <typename Iterator>
grpc::ByteBuffer MakeBatch(Iterator first, Iterator last) {
  std::vector<grpc::Slice> slices;
  while (first != last) {
    Iterator end = first;
    std::size_t run_bytes = 0;
    while (end != last && FrameOf(*end).bytes.size() < kShareFromBytes) {
      run_bytes += FrameOf(*end).bytes.size();
      ++end;
    }
    if (end != first) {
      slices.push_back(CopyTogether(first, end, run_bytes));
      first = end;
    } else {
      slices.push_back(ShareBytes(*first, FrameOf(*first).bytes));
      ++first;
    }
  }
  return grpc::ByteBuffer(slices.data(), slices.size());
}

bool IsEphemeral(const model::Packet& packet) {
  return std::holds_alternative<model::Pres>(packet) || std::holds_alternative<model::Info>(packet);
}

}  // namespace

session::SendResult PacketQueue::Push(const model::PacketPtr& packet, const Limits& limits) {
  if (packets_.size() >= limits.hard_queue_frames || bytes_ >= limits.hard_queue_bytes) {
    return session::SendResult::kOverflow;
  }
  const bool over_soft =
      packets_.size() >= limits.soft_queue_frames || bytes_ >= limits.soft_queue_bytes;
  if (over_soft && IsEphemeral(packet->packet())) return session::SendResult::kDropped;
  bytes_ += FrameOf(packet).bytes.size();
  packets_.push_back(packet);
  return session::SendResult::kQueued;
}

// At least one, if there is any.
std::size_t PacketQueue::CountForWrite(std::size_t max_packets) const {
  std::size_t count = 0;
  std::size_t bytes = 0;
  while (count < packets_.size() && count < max_packets) {
    bytes += FrameOf(packets_[count]).bytes.size();
    if (count > 0 && bytes > kWriteBytes) break;
    ++count;
  }
  return count;
}

std::vector<grpc::ByteBuffer> PacketQueue::Take(StreamFraming framing) {
  const bool batched = framing == StreamFraming::kBatched;
  const std::size_t count = CountForWrite(batched ? packets_.size() : kSingleElementsPerWrite);
  const auto end = packets_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<grpc::ByteBuffer> elements;
  if (batched) {
    elements.push_back(MakeBatch(packets_.begin(), end));
  } else {
    elements.reserve(count);
    for (auto packet = packets_.begin(); packet != end; ++packet) {
      const grpc::Slice slice = CopyOrShare(*packet, FrameOf(*packet).payload());
      elements.emplace_back(&slice, 1);
    }
  }
  for (auto packet = packets_.begin(); packet != end; ++packet) {
    bytes_ -= FrameOf(*packet).bytes.size();
  }
  packets_.erase(packets_.begin(), end);
  return elements;
}

void PacketQueue::Clear() {
  packets_.clear();
  bytes_ = 0;
}

}  // namespace molva::transport
