#include "transport/grpc/grpc_stream.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "transport/grpc/grpc_connection.h"
#include "transport/grpc/grpc_door.h"
#include "transport/grpc/grpc_download.h"
#include "transport/grpc/grpc_upload.h"

namespace molva::transport {
namespace {

constexpr std::string_view kService = "/molva.v1.Node/";
constexpr std::string_view kOlderService = "/pbx.Node/";
constexpr std::string_view kMessageLoop = "MessageLoop";
constexpr std::string_view kFileUp = "LargeFileReceive";
constexpr std::string_view kFileDown = "LargeFileServe";

// "ipv4:127.0.0.1:5000" → "127.0.0.1"; "ipv6:%5B::1%5D:5000" → "::1"; "unix:" → "unix".
std::string AddressOf(std::string_view peer) {
  if (peer.starts_with("unix")) return "unix";
  const std::size_t scheme = peer.find(':');
  const std::size_t port = peer.rfind(':');
  if (scheme == std::string_view::npos || port <= scheme) return std::string(peer);
  std::string_view host = peer.substr(scheme + 1, port - scheme - 1);
  if (host.starts_with("%5B") && host.ends_with("%5D")) host = host.substr(3, host.size() - 6);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

}  // namespace

GrpcStream::GrpcStream(CompletionLoop& loop) : loop_(loop) {}

GrpcStream::~GrpcStream() {
  if (half_ != nullptr) loop_.switchboard().live_streams.fetch_sub(1);
}

void GrpcStream::Listen() {
  context_.AsyncNotifyWhenDone(&call_done_);
  ++operations_;
  loop_.switchboard().service.RequestCall(&context_, &call_, &loop_.queue(), &loop_.queue(),
                                          &accepted_);
}

void GrpcStream::OnAccepted(bool ok) {
  if (!ok) {  // the server is shutting down: nobody will come
    ended_ = true;
    return;
  }
  accepted_call_ = true;
  ++operations_;  // call_done_
  loop_.Listen();
  if (std::shared_ptr<GrpcCall> made = MakeCall()) return Open(std::move(made));
  Refuse(grpc::StatusCode::UNIMPLEMENTED, "this server offers no such method");
}

std::shared_ptr<GrpcCall> GrpcStream::MakeCall() {
  std::string_view method = context_.method();
  const bool is_older = method.starts_with(kOlderService);
  if (!is_older && !method.starts_with(kService)) return nullptr;
  method.remove_prefix(is_older ? kOlderService.size() : kService.size());
  std::string address = AddressOf(context_.peer());
  if (method == kMessageLoop) {
    credits_ = kReadCredits;
    return std::make_shared<GrpcConnection>(
        *this, loop_, is_older ? StreamFraming::kSingle : StreamFraming::kBatched,
        session::ConnectionInfo{session::TransportKind::kGrpc, std::move(address)});
  }
  credits_ = 1;  // the first element tells who it is
  const GrpcFileCall::Origin origin{*this, loop_, std::move(address)};
  if (method == kFileUp) return std::make_shared<GrpcUpload>(origin);
  if (method == kFileDown) return std::make_shared<GrpcDownload>(origin);
  return nullptr;
}

void GrpcStream::Open(std::shared_ptr<GrpcCall> opened) {
  GrpcSwitchboard& switchboard = loop_.switchboard();
  if (switchboard.live_streams.fetch_add(1) >= switchboard.max_streams) {
    switchboard.live_streams.fetch_sub(1);
    return Refuse(grpc::StatusCode::RESOURCE_EXHAUSTED, "too many calls");
  }
  const std::uint32_t turn = switchboard.next_door.fetch_add(1);
  door_ = switchboard.doors[turn % switchboard.doors.size()].get();
  half_ = opened.get();
  loop_.Report(*door_, {StreamEvent::Kind::kOpened, half_, std::move(opened), {}});
  StartRead();
}

void GrpcStream::Refuse(grpc::StatusCode code, const char* why) {
  Finish({{code, why}, StreamCommand::Finish::Mode::kWait});
}

void GrpcStream::Obey(decltype(StreamCommand::action) action) {
  if (auto* write = std::get_if<StreamCommand::Write>(&action)) {
    StartWrite(std::move(write->elements));
  } else if (const auto* credit = std::get_if<StreamCommand::Credit>(&action)) {
    AddCredits(credit->requests);
  } else {
    Finish(std::get<StreamCommand::Finish>(std::move(action)));
  }
}

void GrpcStream::AddCredits(int requests) {
  credits_ += requests;
  StartRead();
}

void GrpcStream::StartRead() {
  if (reading_ || input_ended_ || finish_.has_value() || credits_ == 0) return;
  reading_ = true;
  --credits_;
  ++operations_;
  call_.Read(&input_, &read_);
}

void GrpcStream::OnRead(bool ok) {
  reading_ = false;
  if (!ok) {
    input_ended_ = true;
    return Report(StreamEvent::Kind::kInputEnd);
  }
  StreamEvent event{StreamEvent::Kind::kPacket, half_, nullptr, {}};
  event.bytes.Swap(&input_);
  loop_.Report(*door_, std::move(event));
  StartRead();
}

void GrpcStream::StartWrite(std::vector<grpc::ByteBuffer> elements) {
  if (finish_.has_value()) return;
  output_ = std::move(elements);
  next_output_ = 0;
  WriteNext();
}

void GrpcStream::WriteNext() {
  writing_ = true;
  ++operations_;
  call_.Write(output_[next_output_++], &written_);
}

void GrpcStream::OnWritten(bool ok) {
  const bool cut = finish_.has_value() && finish_->mode == StreamCommand::Finish::Mode::kCut;
  if (ok && !cut && next_output_ < output_.size()) return WriteNext();
  writing_ = false;
  output_.clear();
  if (finish_.has_value()) return StartFinish();
  if (!ok) return Report(StreamEvent::Kind::kBroken);
  if (half_->EndWrite()) Report(StreamEvent::Kind::kWritten);
}

void GrpcStream::Finish(StreamCommand::Finish finish) {
  if (finish_.has_value() || !accepted_call_) return;
  finish_ = std::move(finish);
  if (!writing_) return StartFinish();
  if (finish_->mode == StreamCommand::Finish::Mode::kCut) context_.TryCancel();
}

void GrpcStream::StartFinish() {
  ++operations_;
  call_.Finish(finish_->status, &finished_);
}

// Whether the client heard it or not, the call is over.
void GrpcStream::OnFinished(bool) { ended_ = true; }

void GrpcStream::OnCallDone(bool) {
  if (!finish_.has_value() && context_.IsCancelled()) Report(StreamEvent::Kind::kBroken);
}

void GrpcStream::OnOperationDone() {
  if (--operations_ > 0 || !ended_) return;
  Report(StreamEvent::Kind::kClosed);
  loop_.Retire(*this);
}

void GrpcStream::Report(StreamEvent::Kind kind) {
  if (half_ != nullptr) loop_.Report(*door_, {kind, half_, nullptr, {}});
}

}  // namespace molva::transport
