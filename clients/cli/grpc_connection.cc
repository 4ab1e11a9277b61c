// A session over a molva.v1.Node/MessageLoop stream.
#include <fmt/core.h>
#include <grpcpp/channel.h>
#include <molva/v1/node.grpc.pb.h>

#include <thread>
#include <utility>

#include "clients/cli/connection.h"
#include "clients/cli/grpc_channel.h"
#include "clients/cli/packet_inbox.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

// Reads on a thread of its own, because a stream cannot be polled.
class GrpcConnection final : public Connection {
 public:
  explicit GrpcConnection(std::shared_ptr<grpc::Channel> channel)
      : stub_(v1::Node::NewStub(std::move(channel))), stream_(stub_->MessageLoop(&context_)) {
    reader_ = std::thread([this] { ReadAll(); });
  }

  ~GrpcConnection() override {
    // The server ends the stream when it has taken in all that was sent.
    stream_->WritesDone();
    inbox_.Abandon();
    if (!inbox_.WaitClosed(absl::Seconds(1))) context_.TryCancel();
    reader_.join();
  }

  absl::Status Send(const v1::ClientMsg& message) override {
    if (stream_->Write(message)) return absl::OkStatus();
    return absl::UnavailableError("the server closed the connection");
  }

  absl::StatusOr<std::optional<v1::ServerMsg>> Receive(absl::Duration timeout) override {
    return inbox_.Take(timeout);
  }

  int poll_fd() const override { return inbox_.poll_fd(); }

 private:
  void ReadAll() {
    v1::ServerBatch batch;
    while (stream_->Read(&batch)) {
      for (v1::ServerMsg& packet : *batch.mutable_messages()) {
        if (!inbox_.Put(std::move(packet))) break;
      }
    }
    const grpc::Status status = stream_->Finish();
    inbox_.Close(absl::UnavailableError(
        status.ok() ? "the server closed the connection"
                    : fmt::format("the server closed the connection: {}", status.error_message())));
  }

  grpc::ClientContext context_;
  std::unique_ptr<v1::Node::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ClientMsg, v1::ServerBatch>> stream_;
  PacketInbox inbox_;
  std::thread reader_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> ConnectGrpc(const std::string& address,
                                                        const ConnectOptions& options) {
  MOLVA_ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> channel,
                         OpenGrpcChannel(address, options.timeout));
  return std::make_unique<GrpcConnection>(std::move(channel));
}

}  // namespace molva::cli
