// The dialling side of a link. Private to server/federation/link.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>
#include <grpcpp/alarm.h>
#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <string>

#include "federation/link/link_stream.h"
#include "federation/link/link_tls.h"

namespace molva::federation {

// One attempt to reach one endpoint, and the stream that comes of it.
//
// Thread: the loop's.
class OutgoingCall final : public LinkStream {
 public:
  // Comes once, on this thread: the key of the server if the stream is up, or why it is not.
  using Opened = absl::AnyInvocable<void(absl::StatusOr<PublicKey>)>;

  // `channel` leads to one endpoint, with credentials that report to `verdict`.
  OutgoingCall(CompletionLoop& loop, std::shared_ptr<grpc::Channel> channel,
               std::shared_ptr<const KeyVerdict> verdict, Opened opened);

  // Gives up after `patience`.
  void Start(absl::Duration patience);

 private:
  void StartRead(grpc::ByteBuffer* frame, Completion* done) override;
  void StartWrite(const grpc::ByteBuffer& frame, Completion* done) override;
  void TryCancel() override { context_.TryCancel(); }
  void Advance() override;
  absl::Status PeersReason() override;
  // There is no credit before the pipe is attached.
  void OnUnattachedFrame(std::string) override {}

  void OnStarted(bool ok);
  void OnImpatience(bool rang);
  void OnHalfClosed(bool ok);
  void OnFinished(bool ok);
  void StartFinish();

  enum class State { kIdle, kStarting, kOpen, kFailed };

  const std::shared_ptr<const KeyVerdict> verdict_;
  Opened opened_;
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  grpc::Alarm impatience_;
  grpc::Status status_;
  Operation<OutgoingCall, &OutgoingCall::OnStarted> started_{*this};
  Operation<OutgoingCall, &OutgoingCall::OnImpatience> rang_{*this};
  Operation<OutgoingCall, &OutgoingCall::OnHalfClosed> half_closed_{*this};
  Operation<OutgoingCall, &OutgoingCall::OnFinished> finished_{*this};
  State state_ = State::kIdle;
  bool half_closing_ = false;
  bool half_close_done_ = false;
};

}  // namespace molva::federation
