#include "federation/link/incoming_call.h"

#include <absl/time/clock.h>

#include <utility>

#include "federation/link/peer_address.h"
#include "federation/link/pipe_end.h"

namespace molva::federation {
namespace {

// Closes a call whose first frame nobody wanted.
class Claim {
 public:
  Claim(std::shared_ptr<CompletionLoop> loop, StreamId stream)
      : loop_(std::move(loop)), stream_(stream) {}
  Claim(Claim&& other) noexcept
      : loop_(std::exchange(other.loop_, nullptr)), stream_(other.stream_) {}
  Claim& operator=(Claim&&) = delete;
  ~Claim() {
    if (loop_ == nullptr) return;
    loop_->Tell(stream_, [](LinkStream& stream) { stream.Close(); });
  }
  std::shared_ptr<PipeEnd> Take(runtime::Shard& shard, PipeHandler& handler) {
    return std::make_shared<PipeEnd>(shard, handler, std::exchange(loop_, nullptr), stream_);
  }

 private:
  std::shared_ptr<CompletionLoop> loop_;
  StreamId stream_;
};

}  // namespace

IncomingCall::IncomingCall(LinkSwitchboard& board) : LinkStream(*board.loop), board_(board) {}

IncomingCall::~IncomingCall() {
  if (!address_.has_value()) return;
  --board_.live;
  const auto at = board_.live_by_address.find(*address_);
  if (--at->second == 0) board_.live_by_address.erase(at);
}

void IncomingCall::Listen(LinkSwitchboard& board) {
  auto call = std::make_unique<IncomingCall>(board);
  IncomingCall& listening = *call;
  listening.set_id(board.loop->Add(std::move(call)));
  listening.context_.AsyncNotifyWhenDone(&listening.call_done_);
  listening.CountOperation();
  board.service.RequestCall(&listening.context_, &listening.call_, board.queue, board.queue,
                            &listening.accepted_);
}

void IncomingCall::OnAccepted(bool ok) {
  if (!ok) return SetEnded();  // the server is shutting down: nobody will come
  CountOperation();            // call_done_
  is_open_ = true;
  if (!loop().stopping()) Listen(board_);
  Open();
}

void IncomingCall::Open() {
  if (context_.method() != kLinkPath) {
    return Refuse(grpc::StatusCode::UNIMPLEMENTED, "this server offers no such method here");
  }
  const std::shared_ptr<const grpc::AuthContext> peer = context_.auth_context();
  const absl::StatusOr<PublicKey> key =
      peer == nullptr ? absl::UnauthenticatedError("no TLS") : KeyOfCall(*peer);
  if (!key.ok()) return Refuse(grpc::StatusCode::UNAUTHENTICATED, "an Ed25519 key is wanted");
  const std::string address = NetworkOf(context_.peer());
  int& live = board_.live_by_address[address];
  if (live >= board_.limits.max_links_per_address || board_.live >= board_.limits.max_links) {
    if (live == 0) board_.live_by_address.erase(address);
    return Refuse(grpc::StatusCode::RESOURCE_EXHAUSTED, "too many links");
  }
  ++live;
  ++board_.live;
  address_ = address;
  key_ = *key;
  frame_mark_ = board_.door->MarkOf(context_.peer());
  board_.accepted.fetch_add(1, std::memory_order_relaxed);
  CountOperation();
  impatience_.Set(board_.queue, absl::ToChronoTime(absl::Now() + board_.limits.first_frame_timeout),
                  &rang_);
  AddCredits(1);
}

void IncomingCall::Refuse(grpc::StatusCode code, const char* why) {
  board_.refused.fetch_add(1, std::memory_order_relaxed);
  status_ = {code, why};
  Close();
}

void IncomingCall::OnImpatience(bool rang) {
  if (!rang || first_frame_came_) return;
  board_.refused.fetch_add(1, std::memory_order_relaxed);
  Cut(absl::DeadlineExceededError("no first frame in time"));
}

void IncomingCall::OnUnattachedFrame(std::string frame) {
  first_frame_came_ = true;
  impatience_.Cancel();
  board_.acceptor.OnIncoming(std::move(frame), *key_,
                             [claim = Claim(board_.loop, id()), key = *key_](
                                 runtime::Shard& shard, PipeHandler& handler) mutable {
                               std::shared_ptr<PipeEnd> end = claim.Take(shard, handler);
                               end->Attach();
                               return std::make_unique<GrpcPipe>(std::move(end), key);
                             });
}

void IncomingCall::OnWholeFrame() {
  if (frame_mark_ != nullptr) frame_mark_->store(true, std::memory_order_relaxed);
}

void IncomingCall::StartRead(grpc::ByteBuffer* frame, Completion* done) { call_.Read(frame, done); }

void IncomingCall::StartWrite(const grpc::ByteBuffer& frame, Completion* done) {
  call_.Write(frame, done);
}

void IncomingCall::TryCancel() {
  if (is_open_) context_.TryCancel();
}

void IncomingCall::Advance() {
  if (!is_open_ || is_finishing() || is_writing()) return;
  if (!is_closing() && !input_ended() && !output_broken()) return;
  if (!first_frame_came_ && address_.has_value()) impatience_.Cancel();
  SetFinishing();
  CountOperation();
  call_.Finish(status_, &finished_);
}

// Whether the peer heard it or not, the call is over.
void IncomingCall::OnFinished(bool) { SetEnded(); }

void IncomingCall::OnCallDone(bool) {
  if (!context_.IsCancelled()) return;
  was_broken_ = true;
  SetBroken();
  Advance();
}

absl::Status IncomingCall::PeersReason() {
  if (was_broken_) return absl::UnavailableError("the connection broke");
  return absl::CancelledError("the peer closed the link");
}

}  // namespace molva::federation
