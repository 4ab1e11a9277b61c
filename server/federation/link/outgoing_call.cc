#include "federation/link/outgoing_call.h"

#include <absl/time/clock.h>
#include <utility>

namespace molva::federation {

OutgoingCall::OutgoingCall(CompletionLoop& loop, std::shared_ptr<grpc::Channel> channel,
                           std::shared_ptr<const KeyVerdict> verdict, Opened opened)
    : LinkStream(loop),
      verdict_(std::move(verdict)),
      opened_(std::move(opened)),
      stub_(std::move(channel)) {}

void OutgoingCall::Start(absl::Duration patience) {
  state_ = State::kStarting;
  call_ = stub_.PrepareCall(&context_, kLinkPath, &loop().queue());
  CountOperation();
  call_->StartCall(&started_);
  CountOperation();
  impatience_.Set(&loop().queue(), absl::ToChronoTime(absl::Now() + patience), &rang_);
}

void OutgoingCall::OnImpatience(bool rang) {
  if (rang && state_ == State::kStarting) Cut(absl::UnavailableError("no answer in time"));
}

void OutgoingCall::OnStarted(bool ok) {
  impatience_.Cancel();
  if (!ok || is_closing()) {
    state_ = State::kFailed;
    return StartFinish();
  }
  state_ = State::kOpen;
  const std::shared_ptr<const grpc::AuthContext> peer = context_.auth_context();
  absl::StatusOr<PublicKey> key =
      peer == nullptr ? absl::UnauthenticatedError("no TLS") : KeyOfCall(*peer);
  if (!key.ok()) Cut(key.status());
  std::exchange(opened_, nullptr)(std::move(key));
}

void OutgoingCall::StartRead(grpc::ByteBuffer* frame, Completion* done) {
  call_->Read(frame, done);
}

void OutgoingCall::StartWrite(const grpc::ByteBuffer& frame, Completion* done) {
  call_->Write(frame, done);
}

void OutgoingCall::Advance() {
  if (state_ != State::kOpen || is_finishing() || is_writing()) return;
  if (half_closing_ && !half_close_done_) return;
  if (input_ended()) return StartFinish();
  if (output_broken()) {
    TryCancel();
    return Drain();  // OnRead comes back here
  }
  if (!is_closing() || half_closing_) return;
  half_closing_ = true;
  CountOperation();
  call_->WritesDone(&half_closed_);
  Drain();
}

void OutgoingCall::OnHalfClosed(bool ok) {
  half_close_done_ = true;
  if (!ok) TryCancel();
  Advance();
}

void OutgoingCall::StartFinish() {
  SetFinishing();
  CountOperation();
  call_->Finish(&status_, &finished_);
}

void OutgoingCall::OnFinished(bool) {
  SetEnded();
  if (opened_ == nullptr) return;
  absl::Status why = absl::UnavailableError(status_.error_message());
  if (is_closing()) why = absl::UnavailableError("no answer in time");
  if (verdict_->refused) why = absl::UnauthenticatedError("the server shows another key");
  std::exchange(opened_, nullptr)(std::move(why));
}

absl::Status OutgoingCall::PeersReason() {
  const std::string& detail = status_.error_message();
  if (status_.ok()) return absl::CancelledError("the peer closed the link");
  if (status_.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
      detail.starts_with("Received message larger")) {
    return absl::InvalidArgumentError("the peer sent too long a frame");
  }
  return absl::UnavailableError(detail);
}

}  // namespace molva::federation
