#include "transport/endpoint_loop.h"

#include <chrono>

#include "transport/outgoing_queue.h"
#include "transport/socket.h"
#include "transport/websocket/frame_writer.h"

namespace molva::transport {
namespace {

// So many sessions with fan-out alone are flushed per turn. Larger makes a storm cheaper and
// everybody else's replies later.
constexpr int kFanOutFlushesPerTurn = 256;
// Shorter packets are not worth the work.
constexpr std::size_t kShortestDeflated = 160;

CoarseMillis SteadyMillis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

EndpointLoop::EndpointLoop(runtime::AsioShard& shard, const Limits& limits, LoopCounters& counters)
    : shard_(shard),
      limits_(limits),
      counters_(counters),
      decoder_(wire::DecodeLimits{.max_packet_bytes = limits.max_message_bytes}),
      read_buffer_(kReadBytes + wire::JsonDecoder::kPaddingBytes),
      record_buffer_(Socket::kRecordBytes),
      wheel_(SteadyMillis()) {
  if (limits.websocket_compression == Compression::kPerMessage) {
    codec_.emplace(limits.max_message_bytes);
  }
  shard_.AddTurnEndHook(*this);
}

EndpointLoop::~EndpointLoop() {
  shard_.CancelTimer(tick_);
  shard_.RemoveTurnEndHook(*this);
}

void EndpointLoop::Adopt(std::unique_ptr<Endpoint> endpoint) {
  // While there was nobody the time stood still.
  if (tick_ == runtime::TimerId::kNone) {
    wheel_.Advance(SteadyMillis());
    StartTicking();
  }
  Endpoint* key = endpoint.get();
  if (key->holds_socket()) ++sockets_;
  endpoints_.emplace(key, std::move(endpoint));
}

void EndpointLoop::WantFlush(Endpoint& endpoint, session::Urgency urgency) {
  if (urgency == session::Urgency::kReply) {
    // Also out of the fan-out list, where it may be waiting.
    replies_.PushBack(endpoint);
  } else if (!static_cast<ListLink<FlushTag>&>(endpoint).is_linked()) {
    fan_out_.PushBack(endpoint);
  }
}

void EndpointLoop::WantAfterTurn(Endpoint& endpoint) {
  if (std::exchange(endpoint.wants_after_turn_, true)) return;
  after_turn_.push_back(&endpoint);
}

void EndpointLoop::WantDeadline(Endpoint& endpoint, CoarseMillis due) {
  wheel_.Schedule(endpoint, due);
}

void EndpointLoop::StartTicking() {
  tick_ = shard_.StartTimer(absl::Milliseconds(DeadlineWheel::kTickMillis), [this] {
    tick_ = runtime::TimerId::kNone;
    wheel_.Advance(SteadyMillis());
    if (!endpoints_.empty()) StartTicking();
  });
}

session::SendResult EndpointLoop::Admit(const model::Packet& packet, const OutgoingQueue& queue,
                                        Reader reader) {
  const bool is_shard_full =
      reader == Reader::kStands && queued_bytes_ >= limits_.shard_queue_bytes;
  const auto verdict = queue.Admit(ImportanceOf(packet), limits_);
  if (is_shard_full || verdict == OutgoingQueue::Verdict::kOverflow) {
    counters_.overflows.Add(1);
    return session::SendResult::kOverflow;
  }
  if (verdict == OutgoingQueue::Verdict::kDrop) {
    counters_.frames_dropped.Add(1);
    return session::SendResult::kDropped;
  }
  counters_.frames_out.Add(1);
  return session::SendResult::kQueued;
}

FrameRef EndpointLoop::FrameFor(const model::PacketPtr& packet) {
  if (last_frame_.packet() != packet.get()) {
    const model::Frame& frame = packet->In(model::WireForm::kWebSocket, EncodeWebSocketFrame);
    last_frame_ = FrameRef::OfPacket(packet, frame.bytes, queued_bytes_);
  }
  return last_frame_;
}

FrameRef EndpointLoop::DeflatedFrameFor(const model::PacketPtr& packet) {
  if (deflated_packet_ == packet) return last_deflated_;
  const model::Frame& plain = packet->In(model::WireForm::kWebSocket, EncodeWebSocketFrame);
  if (plain.payload().size() < kShortestDeflated) return FrameFor(packet);
  std::string frame = MakeDeflatedFrame(codec_->Deflate(plain.payload()));
  deflated_packet_ = packet;
  last_deflated_ = frame.size() < plain.bytes.size() ? FrameOf(std::move(frame)) : FrameFor(packet);
  return last_deflated_;
}

FrameRef EndpointLoop::TextFor(const model::PacketPtr& packet) {
  const model::Frame& frame = packet->In(model::WireForm::kWebSocket, EncodeWebSocketFrame);
  return FrameRef::OfPacket(packet, frame.payload(), queued_bytes_);
}

void EndpointLoop::BeginShutdown() {
  for (auto& [key, endpoint] : endpoints_) endpoint->BeginShutdown();
}

void EndpointLoop::CutAll() {
  for (auto& [key, endpoint] : endpoints_) endpoint->Cut();
}

EndpointLoop::Remaining EndpointLoop::OnTurnEnd() {
  FlushReplies();
  FlushFanOut();
  RunAfterTurns();
  last_frame_ = FrameRef();
  last_deflated_ = FrameRef();
  deflated_packet_.reset();
  counters_.queued_bytes.Set(queued_bytes_);
  counters_.connections_live.Set(sockets_);
  const bool is_done = replies_.empty() && fan_out_.empty() && after_turn_.empty();
  return is_done ? Remaining::kNothing : Remaining::kWork;
}

void EndpointLoop::FlushReplies() {
  // Whoever could not write everything in one go waits for the next turn.
  FlushList batch;
  batch.Append(replies_);
  while (Endpoint* endpoint = batch.PopFront()) endpoint->Flush();
}

void EndpointLoop::FlushFanOut() {
  for (int i = 0; i < kFanOutFlushesPerTurn; ++i) {
    Endpoint* endpoint = fan_out_.PopFront();
    if (endpoint == nullptr) return;
    endpoint->Flush();
  }
}

void EndpointLoop::RunAfterTurns() {
  const std::vector<Endpoint*> batch = std::exchange(after_turn_, {});
  for (Endpoint* endpoint : batch) {
    endpoint->wants_after_turn_ = false;
    if (endpoint->AfterTurn() == Endpoint::Fate::kStays) continue;
    const auto found = endpoints_.find(endpoint);
    // Out of the map first: the destructor may reach this loop.
    const std::unique_ptr<Endpoint> doomed = std::move(found->second);
    endpoints_.erase(found);
    if (doomed->holds_socket()) --sockets_;
  }
}

}  // namespace molva::transport
