// The accepting side of a link. Private to server/federation/link.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <grpcpp/alarm.h>
#include <grpcpp/generic/async_generic_service.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "federation/link/grpc_federation_listener.h"
#include "federation/link/link_door.h"
#include "federation/link/link_stream.h"
#include "federation/link/link_tls.h"

namespace molva::federation {

// What the calls of a listener share.
//
// Thread: the loop's, but for the counters.
struct LinkSwitchboard {
  LinkSwitchboard(PipeAcceptor& links, const LinkLimits& bounds)
      : acceptor(links), limits(bounds) {}

  grpc::AsyncGenericService service;
  grpc::ServerCompletionQueue* queue = nullptr;  // the loop's
  std::shared_ptr<CompletionLoop> loop;
  std::unique_ptr<LinkDoor> door;
  PipeAcceptor& acceptor;
  const LinkLimits limits;
  absl::flat_hash_map<std::string, int> live_by_address;
  int live = 0;
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
};

// One call, from the wait for a peer to its end.
//
// Thread: the loop's.
class IncomingCall final : public LinkStream {
 public:
  explicit IncomingCall(LinkSwitchboard& board);
  ~IncomingCall() override;

  // Waits for the next peer.
  static void Listen(LinkSwitchboard& board);

 private:
  void StartRead(grpc::ByteBuffer* frame, Completion* done) override;
  void StartWrite(const grpc::ByteBuffer& frame, Completion* done) override;
  void TryCancel() override;
  void Advance() override;
  absl::Status PeersReason() override;
  void OnUnattachedFrame(std::string frame) override;
  void OnWholeFrame() override;

  void OnAccepted(bool ok);
  void OnImpatience(bool rang);
  void OnFinished(bool ok);
  void OnCallDone(bool ok);
  void Open();
  void Refuse(grpc::StatusCode code, const char* why);

  LinkSwitchboard& board_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter call_{&context_};
  grpc::Alarm impatience_;
  Operation<IncomingCall, &IncomingCall::OnAccepted> accepted_{*this};
  Operation<IncomingCall, &IncomingCall::OnImpatience> rang_{*this};
  Operation<IncomingCall, &IncomingCall::OnFinished> finished_{*this};
  Operation<IncomingCall, &IncomingCall::OnCallDone> call_done_{*this};
  LinkDoor::FrameMark frame_mark_;
  std::optional<PublicKey> key_;
  std::optional<std::string> address_;  // under which the call is counted, if it is
  grpc::Status status_;
  bool is_open_ = false;
  bool first_frame_came_ = false;
  bool was_broken_ = false;
};

}  // namespace molva::federation
