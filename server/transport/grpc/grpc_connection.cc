#include "transport/grpc/grpc_connection.h"

#include <string>
#include <utility>
#include <vector>

#include "transport/grpc/grpc_door.h"

namespace molva::transport {
namespace {

grpc::Status StatusOf(session::CloseReason reason) {
  switch (reason) {
    case session::CloseReason::kServerShutdown:
      return {grpc::StatusCode::UNAVAILABLE, "the server is shutting down"};
    case session::CloseReason::kEvicted:
      return {grpc::StatusCode::PERMISSION_DENIED, "the account is suspended or gone"};
    case session::CloseReason::kSlowReader:
      return {grpc::StatusCode::RESOURCE_EXHAUSTED, "the client reads too slowly"};
    case session::CloseReason::kFlood:
      return {grpc::StatusCode::RESOURCE_EXHAUSTED, "too many requests"};
    case session::CloseReason::kIdle:
      return {grpc::StatusCode::DEADLINE_EXCEEDED, "no sign of life from the client"};
  }
  return {grpc::StatusCode::UNAVAILABLE, "closed"};
}

// The bytes in one piece, for as long as both arguments live; `joined` is used if they are in many.
std::string_view Contiguous(const std::vector<grpc::Slice>& slices, std::string& joined) {
  if (slices.size() == 1) {
    return {reinterpret_cast<const char*>(slices[0].begin()), slices[0].size()};
  }
  for (const grpc::Slice& slice : slices) {
    joined.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return joined;
}

}  // namespace

GrpcConnection::GrpcConnection(GrpcStream& stream, CompletionLoop& loop, StreamFraming framing,
                               session::ConnectionInfo info)
    : stream_(stream), loop_(loop), framing_(framing), info_(std::move(info)) {}

GrpcConnection::~GrpcConnection() = default;

session::SendResult GrpcConnection::Send(const model::PacketPtr& packet, session::Urgency) {
  if (state_ != State::kOpen) return session::SendResult::kDropped;
  const std::size_t before = queue_.bytes();
  const session::SendResult result =
      door_->HasRoom() ? queue_.Push(packet, door_->limits()) : session::SendResult::kOverflow;
  door_->CountSend(result, queue_.bytes() - before);
  if (result == session::SendResult::kQueued) door_->MarkDue(*this);
  return result;
}

void GrpcConnection::Close(session::CloseReason reason) { Drain(StatusOf(reason)); }

void GrpcConnection::ResumeReading() {
  paused_ = false;
  // Not here: the session must not be called from inside its own call.
  if (!waiting_.empty()) door_->MarkDue(*this);
}

void GrpcConnection::OnOpened(GrpcDoor& door) {
  door_ = &door;
  door.CountSessionOpened();
  handler_ = door.acceptor().Accept(*this, std::move(info_));
  if (handler_ == nullptr) {
    Drain({grpc::StatusCode::UNAVAILABLE, "the server takes no more sessions"});
  }
}

void GrpcConnection::OnPacket(const grpc::ByteBuffer& bytes) {
  if (state_ != State::kOpen) return;
  waiting_.push_back(bytes);
  DeliverWaiting();
}

void GrpcConnection::OnInputEnd() {
  input_ended_ = true;
  DeliverWaiting();
}

void GrpcConnection::OnWritten() { door_->MarkDue(*this); }

void GrpcConnection::OnBroken() {
  door_->CountUnqueued(queue_.bytes());
  queue_.Clear();
  waiting_.clear();
  Finish(StreamCommand::Finish::Mode::kCut);
}

void GrpcConnection::OnClosed() {
  door_->shard().CancelTimer(std::exchange(drain_timer_, runtime::TimerId::kNone));
  door_->CountUnqueued(queue_.bytes());
  state_ = State::kFinished;
  if (handler_ != nullptr) handler_->OnClosed();
  handler_.reset();
  door_->CountSessionClosed();
}

void GrpcConnection::DeliverWaiting() {
  while (!paused_ && state_ == State::kOpen && !waiting_.empty()) {
    const grpc::ByteBuffer bytes = std::move(waiting_.front());
    waiting_.pop_front();
    Deliver(bytes);
  }
  if (input_ended_ && waiting_.empty()) Drain(grpc::Status::OK);
}

void GrpcConnection::Deliver(const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> slices;
  std::string joined;
  if (!bytes.Dump(&slices).ok()) slices.clear();
  const std::string_view packet = Contiguous(slices, joined);
  door_->CountRequest(packet.size());
  ++credits_;
  door_->MarkDue(*this);
  handler_->OnRequest(door_->decoder().Decode(packet));
}

void GrpcConnection::Drain(grpc::Status status) {
  if (state_ != State::kOpen) return;
  state_ = State::kDraining;
  status_ = std::move(status);
  waiting_.clear();
  drain_timer_ = door_->shard().StartTimer(door_->limits().close_timeout, [this] {
    drain_timer_ = runtime::TimerId::kNone;
    Finish(StreamCommand::Finish::Mode::kCut);
  });
  door_->MarkDue(*this);
}

void GrpcConnection::Finish(StreamCommand::Finish::Mode mode) {
  if (state_ == State::kFinished) return;
  state_ = State::kFinished;
  door_->shard().CancelTimer(std::exchange(drain_timer_, runtime::TimerId::kNone));
  door_->Issue(loop_, {&stream_, StreamCommand::Finish{status_, mode}});
}

bool GrpcConnection::IsIdleOrAwait() {
  WriteState state = WriteState::kWriting;
  // On failure `state` is what it is: idle, or awaited already.
  if (write_state_.compare_exchange_strong(state, WriteState::kAwaited)) return false;
  return state == WriteState::kIdle;
}

void GrpcConnection::StartWrite() {
  const std::size_t before = queue_.bytes();
  StreamCommand::Write write{queue_.Take(framing_)};
  door_->CountUnqueued(before - queue_.bytes());
  const bool more = !queue_.empty() || state_ == State::kDraining;
  write_state_ = more ? WriteState::kAwaited : WriteState::kWriting;
  door_->Issue(loop_, {&stream_, std::move(write)});
}

void GrpcConnection::ReturnCredits(int at_least) {
  if (credits_ < at_least) return;
  door_->Issue(loop_, {&stream_, StreamCommand::Credit{std::exchange(credits_, 0)}});
}

void GrpcConnection::Flush() {
  DeliverWaiting();
  if (state_ == State::kFinished) return;
  const bool writable = (!queue_.empty() || state_ == State::kDraining) && IsIdleOrAwait();
  // Credits alone are worth a message to the loop only when many have come together.
  ReturnCredits(writable ? 1 : kReadCredits / 2);
  if (!writable) return;
  if (!queue_.empty()) return StartWrite();
  Finish(StreamCommand::Finish::Mode::kWait);
}

}  // namespace molva::transport
