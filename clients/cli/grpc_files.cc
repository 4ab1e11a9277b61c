// Files over LargeFileReceive and LargeFileServe. Source: docs/protocol transports §8.
#include <fmt/core.h>
#include <grpcpp/channel.h>
#include <molva/v1/node.grpc.pb.h>

#include <fstream>
#include <utility>

#include "clients/cli/file_link.h"
#include "clients/cli/grpc_channel.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr int kOkCode = 200;
constexpr absl::Duration kConnectTimeout = absl::Seconds(5);

absl::Status Broken(const grpc::Status& status) {
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    return absl::UnimplementedError("this server takes no files over gRPC");
  }
  return absl::UnavailableError(
      fmt::format("the server broke the transfer off: {}", status.error_message()));
}

class GrpcFiles final : public FileLink {
 public:
  GrpcFiles(std::shared_ptr<grpc::Channel> channel, std::string token)
      : stub_(v1::Node::NewStub(std::move(channel))), token_(std::move(token)) {}

  absl::StatusOr<std::string> Upload(const LocalFile& file, TransferProgress progress) override {
    std::ifstream in(file.path, std::ios::binary);
    if (!in) return absl::NotFoundError(fmt::format("cannot read {}", file.path));
    grpc::ClientContext context;
    v1::FileUpResp answer;
    const auto writer = stub_->LargeFileReceive(&context, &answer);
    v1::FileUpReq element;
    *element.mutable_auth() = Auth();
    element.mutable_meta()->set_mime_type(file.mime);
    element.mutable_meta()->set_size(file.bytes);
    std::int64_t done = 0;
    std::string piece(kPieceBytes, '\0');
    // A server that has heard enough takes no more; why, it says in the end.
    while (writer->Write(element) && in) {
      in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      element.Clear();
      element.set_content(piece.data(), static_cast<std::size_t>(in.gcount()));
      done += in.gcount();
      progress(done);
      if (in.gcount() == 0) break;
    }
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    if (!status.ok()) return Broken(status);
    if (answer.code() != kOkCode) return FileRefusal(answer.code(), answer.text());
    return answer.meta().name();
  }

  absl::Status Download(const std::string& url, TransferSink sink) override {
    grpc::ClientContext context;
    v1::FileDownReq request;
    *request.mutable_auth() = Auth();
    request.set_uri(url);
    const auto reader = stub_->LargeFileServe(&context, request);
    absl::Status result;
    v1::FileDownResp element;
    bool first = true;
    std::int64_t size = 0;
    std::int64_t got = 0;
    while (result.ok() && reader->Read(&element)) {
      if (first && element.code() != kOkCode) {
        result = FileRefusal(element.code(), element.text());
        break;
      }
      if (first) size = element.meta().size();
      first = false;
      got += static_cast<std::int64_t>(element.content().size());
      result = sink(element.content());
    }
    if (!result.ok()) context.TryCancel();
    const grpc::Status status = reader->Finish();
    if (!result.ok()) return result;
    if (!status.ok()) return Broken(status);
    if (got == size && !first) return result;
    return absl::UnavailableError(fmt::format("the file ended early: {} of {} bytes", got, size));
  }

 private:
  v1::Auth Auth() const {
    v1::Auth auth;
    auth.set_scheme("token");
    auth.set_secret(token_);
    return auth;
  }

  std::unique_ptr<v1::Node::Stub> stub_;
  const std::string token_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FileLink>> OpenGrpcFiles(const FileDoor& door) {
  MOLVA_ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> channel,
                         OpenGrpcChannel(door.address, kConnectTimeout));
  return std::make_unique<GrpcFiles>(std::move(channel), door.token);
}

}  // namespace molva::cli
