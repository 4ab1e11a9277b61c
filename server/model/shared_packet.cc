#include "model/shared_packet.h"

namespace molva::model {

SharedPacket::~SharedPacket() {
  for (const std::atomic<const Frame*>& frame : frames_) {
    delete frame.load(std::memory_order_relaxed);
  }
}

const Frame& SharedPacket::In(WireForm form, Encoder encode) const {
  std::atomic<const Frame*>& slot = frames_[static_cast<std::size_t>(form)];
  if (const Frame* frame = slot.load(std::memory_order_acquire)) return *frame;
  auto made = std::make_unique<const Frame>(encode(packet_));
  const Frame* kept = nullptr;
  if (slot.compare_exchange_strong(kept, made.get(), std::memory_order_acq_rel)) {
    return *made.release();
  }
  return *kept;
}

}  // namespace molva::model
