// A packet on its way to many sessions: rendered at most once per wire form, then shared.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "model/packet.h"

namespace molva::model {

// The wire forms a packet may be rendered in.
enum class WireForm : std::uint8_t {
  kWebSocket,  // one unmasked text frame; payload() is the bare JSON
  kProto,      // one encoded molva.v1.ServerMsg
};
inline constexpr std::size_t kWireForms = 2;

// Bytes ready to be written.
struct Frame {
  std::string bytes;
  std::uint32_t payload_offset = 0;  // where the packet itself starts behind the framing

  std::string_view payload() const { return std::string_view(bytes).substr(payload_offset); }
};

// An immutable packet with its renderings.
//
// Thread: any. Two shards that need the same form at the same moment may both render it; one
//         rendering is kept. No lock.
class SharedPacket {
 public:
  explicit SharedPacket(Packet packet) : packet_(std::move(packet)) {}
  SharedPacket(const SharedPacket&) = delete;
  SharedPacket& operator=(const SharedPacket&) = delete;
  ~SharedPacket();

  const Packet& packet() const { return packet_; }

  // Renders `packet` in one form.
  using Encoder = Frame (*)(const Packet& packet);

  // The rendering in `form`, made by `encode` at first need; it lives as long as this packet.
  const Frame& In(WireForm form, Encoder encode) const;

 private:
  const Packet packet_;
  mutable std::array<std::atomic<const Frame*>, kWireForms> frames_{};
};

using PacketPtr = std::shared_ptr<const SharedPacket>;

inline PacketPtr Share(Packet packet) {
  return std::make_shared<const SharedPacket>(std::move(packet));
}

}  // namespace molva::model
