// Bytes that wait in the outgoing queues of one shard, each kept once for all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "model/shared_packet.h"

namespace molva::transport {

// A counted reference to bytes ready to be written. The count is plain: one shard alone holds
// them, so that a fan-out costs one atomic reference per shard and not one per session.
//
// Thread: confined to one shard.
class FrameRef {
 public:
  // `total_bytes`, of the shard, is raised as long as the frame lives.
  static FrameRef OfPacket(model::PacketPtr packet, std::string_view bytes,
                           std::size_t& total_bytes) {
    return FrameRef(new Frame{std::move(packet), {}, bytes, total_bytes});
  }
  static FrameRef OfBytes(std::string bytes, std::size_t& total_bytes) {
    return FrameRef(new Frame{nullptr, std::move(bytes), {}, total_bytes});
  }

  FrameRef() = default;
  FrameRef(const FrameRef& other) : frame_(other.frame_) {
    if (frame_ != nullptr) ++frame_->references;
  }
  FrameRef(FrameRef&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  FrameRef& operator=(FrameRef other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~FrameRef() {
    if (frame_ != nullptr && --frame_->references == 0) delete frame_;
  }

  // The packet this was made of; null without one.
  const model::SharedPacket* packet() const {
    return frame_ == nullptr ? nullptr : frame_->packet.get();
  }
  // The same, to be kept beyond this frame.
  model::PacketPtr shared_packet() const { return frame_ == nullptr ? nullptr : frame_->packet; }
  std::string_view bytes() const { return frame_->bytes; }

 private:
  struct Frame {
    Frame(model::PacketPtr shared, std::string own_bytes, std::string_view shared_bytes,
          std::size_t& total)
        : packet(std::move(shared)),
          own(std::move(own_bytes)),
          bytes(packet == nullptr ? std::string_view(own) : shared_bytes),
          total_bytes(total) {
      total_bytes += bytes.size();
    }
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;
    ~Frame() { total_bytes -= bytes.size(); }

    const model::PacketPtr packet;
    const std::string own;
    const std::string_view bytes;
    std::size_t& total_bytes;
    std::uint32_t references = 1;
  };
  explicit FrameRef(Frame* frame) : frame_(frame) {}

  Frame* frame_ = nullptr;
};

}  // namespace molva::transport
