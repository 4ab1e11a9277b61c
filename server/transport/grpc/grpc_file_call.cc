#include "transport/grpc/grpc_file_call.h"

#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include "base/strings.h"
#include "transport/grpc/grpc_door.h"

namespace molva::transport {
namespace {

using Mode = StreamCommand::Finish::Mode;

// The encoded element; gRPC holds the bytes.
grpc::ByteBuffer Encode(const google::protobuf::MessageLite& element) {
  const grpc::Slice bytes(element.ByteSizeLong());
  // gRPC has no other way to fill a slice.
  element.SerializeToArray(const_cast<std::uint8_t*>(bytes.begin()),
                           static_cast<int>(bytes.size()));
  return grpc::ByteBuffer(&bytes, 1);
}

}  // namespace

absl::Status ReadElement(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite& element) {
  grpc::ByteBuffer copy(bytes);  // of the references
  grpc::ProtoBufferReader reader(&copy);
  if (reader.status().ok() && element.ParseFromZeroCopyStream(&reader)) return absl::OkStatus();
  return model::Fail(model::Fault::kMalformed, "no such message");
}

void GrpcFileCall::OnOpened(GrpcDoor& door) {
  door_ = &door;
  if (door.files().files == nullptr) {
    return Finish({grpc::StatusCode::UNIMPLEMENTED, "this server takes no files"}, Mode::kWait);
  }
  if (door.is_closing()) {
    return Finish({grpc::StatusCode::UNAVAILABLE, "the server is shutting down"}, Mode::kWait);
  }
  WaitForClient();
}

void GrpcFileCall::OnPacket(const grpc::ByteBuffer& bytes) {
  if (!is_open_) return;
  waits_since_.reset();
  door_->CountFileBytesIn(bytes.Length());
  OnElement(bytes);
}

void GrpcFileCall::OnInputEnd() {
  if (!is_open_) return;
  waits_since_.reset();
  OnEnd();
}

void GrpcFileCall::OnWritten() {
  if (!is_open_) return;
  waits_since_.reset();
  OnRoom();
}

void GrpcFileCall::OnBroken() { Finish({grpc::StatusCode::CANCELLED, ""}, Mode::kCut); }

void GrpcFileCall::OnClosed() {
  is_open_ = false;
  door_->shard().CancelTimer(std::exchange(timer_, runtime::TimerId::kNone));
  OnOver();
}

void GrpcFileCall::Identify(std::string scheme, const std::string& secret,
                            session::Doorkeeper::Known done) {
  if (scheme.empty()) return done(model::UserId::Nobody());
  std::optional<std::string> decoded = base::DecodeBase64(secret);
  if (!decoded.has_value()) {
    return done(model::Fail(model::Fault::kMalformed, "the secret is not base64"));
  }
  door_->files().doorkeeper->Identify({std::move(scheme), *std::move(decoded), origin_.address},
                                      std::move(done));
}

void GrpcFileCall::Await(int elements) {
  WaitForClient();
  if (elements > 0) door_->Issue(origin_.loop, {&origin_.stream, StreamCommand::Credit{elements}});
}

void GrpcFileCall::Send(const google::protobuf::MessageLite& element) {
  StreamCommand::Write write;
  write.elements.push_back(Encode(element));
  door_->CountFileBytesOut(write.elements.front().Length());
  door_->Issue(origin_.loop, {&origin_.stream, std::move(write)});
  WaitForClient();
}

void GrpcFileCall::Answer(const google::protobuf::MessageLite& element) {
  Send(element);
  Finish(grpc::Status::OK, Mode::kWait);
}

void GrpcFileCall::Finish(grpc::Status status, Mode mode) {
  if (!std::exchange(is_open_, false)) return;
  waits_since_.reset();
  door_->Issue(origin_.loop, {&origin_.stream, StreamCommand::Finish{std::move(status), mode}});
  OnOver();
}

void GrpcFileCall::WaitForClient() {
  waits_since_ = door_->shard().Now();
  if (timer_ != runtime::TimerId::kNone) return;
  timer_ = door_->shard().StartTimer(door_->limits().read_timeout, [this] { OnTimer(); });
}

void GrpcFileCall::OnTimer() {
  timer_ = runtime::TimerId::kNone;
  if (!waits_since_.has_value()) return;
  const absl::Duration left = *waits_since_ + door_->limits().read_timeout - door_->shard().Now();
  if (left <= absl::ZeroDuration()) return OnIdle();
  timer_ = door_->shard().StartTimer(left, [this] { OnTimer(); });
}

}  // namespace molva::transport
