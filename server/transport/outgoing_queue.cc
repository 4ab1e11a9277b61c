#include "transport/outgoing_queue.h"

namespace molva::transport {
namespace {

// An empty queue keeps memory for so many frames: a fan-out of a few messages needs no allocation.
constexpr std::size_t kKeptFrames = 16;

}  // namespace

OutgoingQueue::Verdict OutgoingQueue::Admit(Importance importance, const Limits& limits) const {
  if (frames() >= limits.hard_queue_frames || bytes_ >= limits.hard_queue_bytes) {
    return Verdict::kOverflow;
  }
  if (importance == Importance::kEphemeral &&
      (frames() >= limits.soft_queue_frames || bytes_ >= limits.soft_queue_bytes)) {
    return Verdict::kDrop;
  }
  return Verdict::kTake;
}

void OutgoingQueue::Push(FrameRef frame) {
  bytes_ += frame.bytes().size();
  frames_.push_back(std::move(frame));
}

std::size_t OutgoingQueue::Gather(std::span<iovec> parts) const {
  std::size_t count = 0;
  std::size_t skipped = head_written_bytes_;
  for (std::size_t i = head_; i < frames_.size() && count < parts.size(); ++i, ++count) {
    const std::string_view bytes = frames_[i].bytes().substr(skipped);
    skipped = 0;
    // An iovec has no const; whoever writes only reads from it.
    parts[count] = {const_cast<char*>(bytes.data()), bytes.size()};
  }
  return count;
}

FrameRef OutgoingQueue::TakeFirst() {
  FrameRef frame = std::exchange(frames_[head_], FrameRef());
  ++head_;
  bytes_ -= frame.bytes().size();
  Tidy();
  return frame;
}

void OutgoingQueue::PushFirst(FrameRef frame) {
  bytes_ += frame.bytes().size();
  if (head_ > 0) {
    frames_[--head_] = std::move(frame);
  } else {
    frames_.insert(frames_.begin(), std::move(frame));
  }
}

void OutgoingQueue::Consume(std::size_t bytes) {
  bytes_ -= bytes;
  bytes += head_written_bytes_;
  while (head_ < frames_.size() && bytes >= frames_[head_].bytes().size()) {
    bytes -= frames_[head_].bytes().size();
    frames_[head_] = FrameRef();
    ++head_;
  }
  head_written_bytes_ = bytes;
  Tidy();
}

void OutgoingQueue::Clear() {
  head_ = frames_.size();
  head_written_bytes_ = 0;
  bytes_ = 0;
  Tidy();
}

void OutgoingQueue::Tidy() {
  if (empty()) {
    frames_.clear();
    head_ = 0;
    if (frames_.capacity() > kKeptFrames) frames_.shrink_to_fit();
  } else if (head_ > kKeptFrames && head_ > frames_.size() / 2) {
    frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

OutgoingQueue::Importance ImportanceOf(const model::Packet& packet) {
  const bool is_ephemeral =
      std::holds_alternative<model::Pres>(packet) || std::holds_alternative<model::Info>(packet);
  return is_ephemeral ? OutgoingQueue::Importance::kEphemeral : OutgoingQueue::Importance::kLasting;
}

}  // namespace molva::transport
