#include "transport/websocket/websocket_connection.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "transport/websocket/frame_writer.h"

namespace molva::transport {
namespace {

using session::CloseReason;
using session::SendResult;
using session::Urgency;

// So many frames go into one gathered write.
constexpr std::size_t kGatheredFrames = 128;
// A session with more than this to write lets others go first.
constexpr int kWritesPerFlush = 8;
constexpr std::string_view kProbe = "1";
constexpr std::string_view kProbeAnswer = "0";

static_assert(FrameParser::kTailBytes >= wire::JsonDecoder::kPaddingBytes);
static_assert(MessageCodec::kTailBytes >= wire::JsonDecoder::kPaddingBytes);

CloseCode CodeOf(CloseReason reason) {
  switch (reason) {
    case CloseReason::kServerShutdown:
    case CloseReason::kIdle:
      return CloseCode::kGoingAway;
    case CloseReason::kEvicted:
    case CloseReason::kFlood:
      return CloseCode::kPolicyViolation;
    case CloseReason::kSlowReader:
      return CloseCode::kTryAgainLater;
  }
  return CloseCode::kGoingAway;
}

CoarseMillis Millis(absl::Duration duration) { return absl::ToInt64Milliseconds(duration); }

}  // namespace

WebSocketConnection::WebSocketConnection(EndpointLoop& loop, Compression compression,
                                         std::string greeting)
    : loop_(loop),
      compression_(compression),
      parser_(loop.limits().max_message_bytes, compression),
      last_input_(loop.now()),
      last_ping_(loop.now()) {
  queue_.Push(loop_.FrameOf(std::move(greeting)));
}

WebSocketConnection::~WebSocketConnection() {
  if (handler_ != nullptr) loop_.counters().sessions_live.Subtract(1);
}

void WebSocketConnection::Open(std::unique_ptr<Socket> socket,
                               std::unique_ptr<session::ConnectionHandler> handler,
                               std::string_view early) {
  socket_ = std::move(socket);
  handler_ = std::move(handler);
  socket_->Redirect(*this);
  loop_.counters().sessions_opened.Add(1);
  loop_.counters().sessions_live.Add(1);
  loop_.WantFlush(*this, Urgency::kReply);
  loop_.WantDeadline(*this, loop_.now() + Millis(loop_.limits().ping_interval));
  if (early.empty()) {
    socket_->AwaitReadable();
  } else {
    Stash(early);
    ResumeReading();
  }
}

SendResult WebSocketConnection::Send(const model::PacketPtr& packet, Urgency urgency) {
  if (state_ != State::kOpen) return SendResult::kDropped;
  const auto reader =
      blocked_since_ == 0 ? EndpointLoop::Reader::kReads : EndpointLoop::Reader::kStands;
  const SendResult admitted = loop_.Admit(packet->packet(), queue_, reader);
  if (admitted != SendResult::kQueued) return admitted;
  queue_.Push(compression_ == Compression::kPerMessage ? loop_.DeflatedFrameFor(packet)
                                                       : loop_.FrameFor(packet));
  if (blocked_since_ == 0) loop_.WantFlush(*this, urgency);
  return SendResult::kQueued;
}

void WebSocketConnection::Close(CloseReason reason) { BeginClose(CodeOf(reason)); }

void WebSocketConnection::BeginClose(CloseCode code) {
  if (state_ != State::kOpen) return;
  state_ = State::kClosing;
  queue_.Push(loop_.FrameOf(MakeCloseFrame(code)));
  close_deadline_ = loop_.now() + Millis(loop_.limits().write_timeout);
  loop_.WantDeadline(*this, close_deadline_);
  loop_.WantFlush(*this, Urgency::kReply);
  stash_.reset();
  // Input is read again, to be thrown away: a close must not end in a reset.
  if (std::exchange(is_paused_, false) && socket_ != nullptr) socket_->AwaitReadable();
}

void WebSocketConnection::Cut() {
  if (state_ == State::kDead) return;
  state_ = State::kDead;
  queue_.Clear();
  EndSession();
}

void WebSocketConnection::EndSession() {
  is_session_over_ = true;
  loop_.WantAfterTurn(*this);
}

void WebSocketConnection::PauseReading() {
  if (state_ == State::kOpen) is_paused_ = true;
}

void WebSocketConnection::ResumeReading() {
  // Not at once: the session must not be called from inside its own call.
  is_paused_ = false;
  must_resume_ = true;
  loop_.WantAfterTurn(*this);
}

void WebSocketConnection::Resume() {
  last_input_ = loop_.now();  // the pause was ours
  if (stash_ != nullptr) {
    const std::unique_ptr<std::string> stash = std::move(stash_);
    const std::size_t size = stash->size();
    stash->append(FrameParser::kTailBytes, '\0');
    Consume({stash->data(), size});
  }
  if (!is_paused_ && state_ != State::kDead) socket_->AwaitReadable();
}

void WebSocketConnection::Stash(std::span<const char> rest) {
  stash_ = std::make_unique<std::string>(rest.data(), rest.size());
}

void WebSocketConnection::OnReadable() {
  if (state_ == State::kDead) return;
  // TLS may have waited for the client before it could write.
  if (blocked_since_ != 0) WriteQueued();
  if (!is_paused_ && state_ != State::kDead) ReadOnce();
}

void WebSocketConnection::ReadOnce() {
  const std::span<char> buffer = loop_.read_buffer();
  const IoResult result = socket_->Read(buffer);
  read_waits_for_room_ = result.kind == IoResult::Kind::kWantWrite;
  if (result.kind == IoResult::Kind::kClosed) return Cut();
  if (result.kind != IoResult::Kind::kDone) return socket_->Await(result.kind);
  last_input_ = loop_.now();
  loop_.counters().bytes_in.Add(result.bytes);
  if (state_ == State::kOpen) Consume(buffer.first(result.bytes));
  if (!is_paused_ && state_ != State::kDead) socket_->AwaitReadable();
}

void WebSocketConnection::Consume(std::span<char> input) {
  while (state_ == State::kOpen) {
    if (is_paused_) {
      if (!input.empty()) Stash(input);
      return;
    }
    const FrameEvent event = parser_.Next(input);
    if (event.kind == FrameEvent::Kind::kNeedMore) return;
    Handle(event);
  }
}

void WebSocketConnection::Handle(const FrameEvent& event) {
  switch (event.kind) {
    case FrameEvent::Kind::kMessage:
      return HandleMessage(event.payload);
    case FrameEvent::Kind::kDeflated:
      return HandleDeflated(event);
    case FrameEvent::Kind::kPing:
      return Answer(MakeFrame(Opcode::kPong, event.payload));
    case FrameEvent::Kind::kClose:
    case FrameEvent::Kind::kError:
      return BreakOff(event.code);
    case FrameEvent::Kind::kPong:
    case FrameEvent::Kind::kNeedMore:
      return;
  }
}

void WebSocketConnection::BreakOff(CloseCode code) {
  BeginClose(code);
  EndSession();
}

void WebSocketConnection::HandleDeflated(const FrameEvent& event) {
  const absl::StatusOr<std::string_view> message = loop_.codec().Inflate(event.payload);
  if (!message.ok()) {
    return BreakOff(absl::IsResourceExhausted(message.status()) ? CloseCode::kTooLarge
                                                                : CloseCode::kInvalidUtf8);
  }
  if (event.is_text && !base::IsValidUtf8(*message)) return BreakOff(CloseCode::kInvalidUtf8);
  HandleMessage(*message);
}

void WebSocketConnection::HandleMessage(std::string_view payload) {
  loop_.counters().messages_in.Add(1);
  if (payload == kProbe) return Answer(MakeFrame(Opcode::kText, kProbeAnswer));
  handler_->OnRequest(loop_.decoder().Decode(payload));
}

// Answers of the transport itself count against the queue as well: who floods us with pings and
// reads nothing is cut.
void WebSocketConnection::Answer(std::string frame) {
  if (queue_.Admit(OutgoingQueue::Importance::kLasting, loop_.limits()) !=
      OutgoingQueue::Verdict::kTake) {
    loop_.counters().overflows.Add(1);
    return Cut();
  }
  queue_.Push(loop_.FrameOf(std::move(frame)));
  if (blocked_since_ == 0) loop_.WantFlush(*this, Urgency::kReply);
}

void WebSocketConnection::Flush() {
  if (blocked_since_ == 0 && socket_ != nullptr && state_ != State::kDead) WriteQueued();
}

void WebSocketConnection::OnWritable() {
  if (state_ == State::kDead) return;
  WriteQueued();
  if (read_waits_for_room_ && state_ != State::kDead) ReadOnce();
}

void WebSocketConnection::WriteQueued() {
  std::array<iovec, kGatheredFrames> parts;
  blocked_since_ = 0;
  for (int writes = 0; !queue_.empty(); ++writes) {
    if (writes == kWritesPerFlush) return loop_.WantFlush(*this, Urgency::kFanOut);
    const std::size_t count = queue_.Gather(parts);
    const IoResult result = socket_->Write({parts.data(), count}, loop_.record_buffer());
    if (result.kind == IoResult::Kind::kClosed) return Cut();
    if (result.kind != IoResult::Kind::kDone) {
      blocked_since_ = loop_.now();
      blocked_bytes_ = socket_->UnacknowledgedBytes();
      loop_.WantDeadline(*this, blocked_since_ + Millis(loop_.limits().write_timeout));
      return socket_->Await(result.kind);
    }
    queue_.Consume(result.bytes);
    loop_.counters().bytes_out.Add(result.bytes);
  }
  OnQueueWritten();
}

void WebSocketConnection::OnQueueWritten() {
  if (state_ != State::kClosing) return;
  state_ = State::kLingering;
  socket_->ShutdownWrite();
  close_deadline_ = loop_.now() + Millis(loop_.limits().close_timeout);
  loop_.WantDeadline(*this, close_deadline_);
  EndSession();
}

Endpoint::Fate WebSocketConnection::AfterTurn() {
  if (is_session_over_ && handler_ != nullptr) {
    handler_->OnClosed();
    handler_.reset();
    loop_.counters().sessions_live.Subtract(1);
  }
  if (state_ == State::kDead) return Fate::kGone;
  if (std::exchange(must_resume_, false) && !is_paused_) Resume();
  return Fate::kStays;
}

CoarseMillis WebSocketConnection::OnDeadline(CoarseMillis now) {
  CoarseMillis next = state_ == State::kOpen ? CheckOpen(now) : close_deadline_;
  if (blocked_since_ != 0) next = std::min(next, CheckBlocked(now));
  if (next <= now) Cut();
  return state_ == State::kDead ? now + Millis(loop_.limits().ping_interval) : next;
}

// A slow client takes long until there is room for more; as long as it takes something, it lives.
CoarseMillis WebSocketConnection::CheckBlocked(CoarseMillis now) {
  const CoarseMillis patience = Millis(loop_.limits().write_timeout);
  if (blocked_since_ + patience > now) return blocked_since_ + patience;
  const std::size_t held = socket_->UnacknowledgedBytes();
  if (held >= blocked_bytes_) return now;
  blocked_bytes_ = held;
  blocked_since_ = now;
  return now + patience;
}

// Pings if it is time; returns when the client must have been heard or be pinged again.
CoarseMillis WebSocketConnection::CheckOpen(CoarseMillis now) {
  const Limits& limits = loop_.limits();
  if (is_paused_) last_input_ = now;
  const CoarseMillis silence_ends = last_input_ + Millis(limits.read_timeout);
  if (silence_ends <= now) return silence_ends;
  if (last_ping_ + Millis(limits.ping_interval) <= now) {
    last_ping_ = now;
    Answer(MakeFrame(Opcode::kPing, {}));
  }
  return std::min(silence_ends, last_ping_ + Millis(limits.ping_interval));
}

}  // namespace molva::transport
