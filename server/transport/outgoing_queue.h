// What one session has yet to write.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <vector>

#include "transport/limits.h"
#include "transport/shared_frame.h"

namespace molva::transport {

// Frames in the order in which they will be written. It refuses by the limits, in two steps: what
// the client can live without first, then everything.
//
// Thread: the shard's. Cost: a pointer per frame; no memory to speak of while empty.
class OutgoingQueue {
 public:
  enum class Importance { kEphemeral, kLasting };
  enum class Verdict { kTake, kDrop, kOverflow };

  // Whether a frame of `importance` may join now.
  Verdict Admit(Importance importance, const Limits& limits) const;
  void Push(FrameRef frame);

  // Points `parts` at what is to be written next; returns how many are filled.
  std::size_t Gather(std::span<iovec> parts) const;
  // The oldest frame, or the one that shall be it; for who writes whole frames alone.
  FrameRef TakeFirst();
  void PushFirst(FrameRef frame);
  // The first `bytes` of it are written.
  void Consume(std::size_t bytes);
  void Clear();

  bool empty() const { return head_ == frames_.size(); }
  std::size_t frames() const { return frames_.size() - head_; }
  std::size_t bytes() const { return bytes_; }

 private:
  void Tidy();

  std::vector<FrameRef> frames_;  // those before head_ are written and empty
  std::size_t head_ = 0;
  std::size_t head_written_bytes_ = 0;
  std::size_t bytes_ = 0;
};

// pres and info are ephemeral.
OutgoingQueue::Importance ImportanceOf(const model::Packet& packet);

}  // namespace molva::transport
