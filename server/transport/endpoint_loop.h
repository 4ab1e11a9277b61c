// What the connections of one listener on one shard share, and the order in which they write.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "model/shared_packet.h"
#include "runtime/asio_shard.h"
#include "session/connection.h"
#include "transport/endpoint.h"
#include "transport/limits.h"
#include "transport/shared_frame.h"
#include "transport/traffic.h"
#include "transport/websocket/compression.h"
#include "wire/json_decoder.h"

namespace molva::transport {

class OutgoingQueue;

// Owns the endpoints and flushes them at the end of the shard's turn: those with replies first,
// then a bounded number of those with fan-out alone, so that a storm in one topic delays nobody's
// replies by more than that number.
//
// Thread: confined to the shard. Borrows: the shard and the counters.
class EndpointLoop final : public runtime::TurnEndHook {
 public:
  EndpointLoop(runtime::AsioShard& shard, const Limits& limits, LoopCounters& counters);
  ~EndpointLoop() override;

  void Adopt(std::unique_ptr<Endpoint> endpoint);
  // `endpoint` has something to write.
  void WantFlush(Endpoint& endpoint, session::Urgency urgency);
  // Its AfterTurn shall be called.
  void WantAfterTurn(Endpoint& endpoint);
  // Its OnDeadline shall be called within a tick of `due`; an earlier one stays.
  void WantDeadline(Endpoint& endpoint, CoarseMillis due);
  CoarseMillis now() const { return wheel_.now(); }

  // The packet as one ready WebSocket frame. The last one is remembered until the turn ends, so a
  // fan-out takes one reference for all its sessions.
  FrameRef FrameFor(const model::PacketPtr& packet);
  // The same, deflated if that makes it shorter.
  FrameRef DeflatedFrameFor(const model::PacketPtr& packet);
  // The same without the WebSocket framing: the JSON alone.
  FrameRef TextFor(const model::PacketPtr& packet);
  FrameRef FrameOf(std::string bytes) { return FrameRef::OfBytes(std::move(bytes), queued_bytes_); }
  // Frames of all queues, a shared one counted once.
  std::size_t queued_bytes() const { return queued_bytes_; }
  // Whether `packet` may go into `queue`, and counts it. kQueued: it may.
  enum class Reader : std::uint8_t { kReads, kStands };
  session::SendResult Admit(const model::Packet& packet, const OutgoingQueue& queue, Reader reader);

  // Bytes to read into, with JsonDecoder::kPaddingBytes readable ones behind them. Good until the
  // next endpoint reads.
  std::span<char> read_buffer() { return {read_buffer_.data(), kReadBytes}; }
  // For merging frames into a TLS record.
  std::span<char> record_buffer() { return record_buffer_; }

  void BeginShutdown();
  void CutAll();
  bool empty() const { return endpoints_.empty(); }

  Remaining OnTurnEnd() override;

  runtime::AsioShard& shard() { return shard_; }
  const Limits& limits() const { return limits_; }
  wire::JsonDecoder& decoder() { return decoder_; }
  // Where Limits allow compression.
  MessageCodec& codec() { return *codec_; }
  LoopCounters& counters() { return counters_; }

 private:
  using FlushList = IntrusiveList<Endpoint, FlushTag>;

  static constexpr std::size_t kReadBytes = 64 * 1024;

  void FlushReplies();
  void FlushFanOut();
  void RunAfterTurns();
  void StartTicking();

  runtime::AsioShard& shard_;
  const Limits limits_;
  LoopCounters& counters_;
  std::size_t queued_bytes_ = 0;  // before all that may hold frames
  FrameRef last_frame_;
  FrameRef last_deflated_;
  model::PacketPtr deflated_packet_;  // that last_deflated_ is of
  wire::JsonDecoder decoder_;
  std::optional<MessageCodec> codec_;
  std::vector<char> read_buffer_;
  std::vector<char> record_buffer_;
  DeadlineWheel wheel_;
  runtime::TimerId tick_ = runtime::TimerId::kNone;
  FlushList replies_;
  FlushList fan_out_;
  std::vector<Endpoint*> after_turn_;
  std::uint64_t sockets_ = 0;  // of endpoints_
  absl::flat_hash_map<Endpoint*, std::unique_ptr<Endpoint>> endpoints_;
};

}  // namespace molva::transport
