#include "transport/outgoing_queue.h"

#include <array>

#include "tests/support/catch.h"

namespace molva::transport {
namespace {

using Importance = OutgoingQueue::Importance;
using Verdict = OutgoingQueue::Verdict;

// Writes `bytes` of what the queue offers, and returns them.
std::string Drain(OutgoingQueue& queue, std::size_t bytes) {
  std::array<iovec, 3> parts;
  const std::size_t count = queue.Gather(parts);
  std::string written;
  for (std::size_t i = 0; i < count; ++i) {
    written.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  }
  written.resize(std::min(bytes, written.size()));
  queue.Consume(written.size());
  return written;
}

TEST_CASE("bytes leave in order, whatever pieces are taken", "[queue]") {
  for (std::size_t step = 1; step < 12; ++step) {
    std::size_t total = 0;
    OutgoingQueue queue;
    std::string expected;
    std::string written;
    for (int i = 0; i < 200; ++i) {
      const std::string frame = "<" + std::to_string(i) + ">";
      expected += frame;
      queue.Push(FrameRef::OfBytes(frame, total));
      if (i % 3 == 0) written += Drain(queue, step);
    }
    CHECK(queue.bytes() == expected.size() - written.size());
    while (!queue.empty()) written += Drain(queue, step);
    CHECK(written == expected);
    CHECK(queue.bytes() == 0);
    CHECK(total == 0);
  }
}

TEST_CASE("a shared frame is counted once and freed with its last holder", "[queue]") {
  std::size_t total = 0;
  OutgoingQueue one;
  OutgoingQueue other;
  {
    const FrameRef frame = FrameRef::OfBytes("12345", total);
    one.Push(frame);
    other.Push(frame);
  }
  CHECK(total == 5);
  one.Clear();
  CHECK(one.empty());
  CHECK(total == 5);
  CHECK(Drain(other, 100) == "12345");
  CHECK(total == 0);
}

TEST_CASE("over the soft limit only lasting frames join, over the hard limit none", "[queue]") {
  Limits limits;
  limits.soft_queue_frames = 2;
  limits.hard_queue_frames = 3;
  limits.soft_queue_bytes = 100;
  limits.hard_queue_bytes = 200;
  std::size_t total = 0;
  OutgoingQueue queue;
  const auto verdicts = [&] {
    return std::pair(queue.Admit(Importance::kEphemeral, limits),
                     queue.Admit(Importance::kLasting, limits));
  };
  CHECK(verdicts() == std::pair(Verdict::kTake, Verdict::kTake));
  SECTION("by frames") {
    queue.Push(FrameRef::OfBytes("a", total));
    queue.Push(FrameRef::OfBytes("b", total));
    CHECK(verdicts() == std::pair(Verdict::kDrop, Verdict::kTake));
    queue.Push(FrameRef::OfBytes("c", total));
    CHECK(verdicts() == std::pair(Verdict::kOverflow, Verdict::kOverflow));
    Drain(queue, 2);
    CHECK(verdicts() == std::pair(Verdict::kTake, Verdict::kTake));
  }
  SECTION("by bytes") {
    queue.Push(FrameRef::OfBytes(std::string(100, 'x'), total));
    CHECK(verdicts() == std::pair(Verdict::kDrop, Verdict::kTake));
    queue.Push(FrameRef::OfBytes(std::string(100, 'x'), total));
    CHECK(verdicts() == std::pair(Verdict::kOverflow, Verdict::kOverflow));
  }
}

}  // namespace
}  // namespace molva::transport
