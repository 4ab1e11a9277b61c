#include "federation/link/grpc_federation_listener.h"

#include <fmt/core.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>

#include "base/strings.h"
#include "federation/link/incoming_call.h"
#include "federation/link/link_arguments.h"
#include "federation/link/link_tls.h"

namespace molva::federation {
namespace {

// Calls that wait for a peer at any time.
constexpr int kListeningCalls = 4;

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

void Configure(grpc::ServerBuilder& builder, const LinkLimits& limits) {
  ForEachLinkArgument(
      [&](const char* name, int value) { builder.AddChannelArgument(name, value); });
  builder.SetMaxReceiveMessageSize(kMaxReceivedBytes);
  builder.SetResourceQuota(grpc::ResourceQuota("links").Resize(limits.memory_bytes));
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 1);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(limits.idle_timeout));
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             Milliseconds(limits.handshake_timeout));
}

}  // namespace

struct GrpcFederationListener::Parts {
  Parts(PipeAcceptor& acceptor, const LinkLimits& limits) : board(acceptor, limits) {}

  LinkSwitchboard board;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> guests;
  std::unique_ptr<grpc::Server> server;
};

absl::StatusOr<std::unique_ptr<GrpcFederationListener>> GrpcFederationListener::Open(
    const std::string& address, const ServerKey& key, PipeAcceptor& acceptor,
    const LinkLimits& limits) {
  auto parts = std::make_unique<Parts>(acceptor, limits);
  grpc::ServerBuilder builder;
  Configure(builder, limits);
  absl::StatusOr<std::unique_ptr<LinkDoor>> door = LinkDoor::Open(address);
  if (!door.ok()) {
    return absl::UnavailableError(fmt::format("cannot listen on {} for federation: {}", address,
                                              base::ToStd(door.status().message())));
  }
  parts->board.door = *std::move(door);
  parts->guests = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      AcceptingCredentials(MakeLinkCertificate(key)));
  builder.RegisterAsyncGenericService(&parts->board.service);
  std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  parts->board.queue = queue.get();
  parts->board.loop = std::make_shared<CompletionLoop>(std::move(queue));
  parts->server = builder.BuildAndStart();
  if (parts->server == nullptr) return absl::UnavailableError("gRPC does not serve links");
  parts->board.loop->Start();
  parts->board.loop->Post([&board = parts->board] {
    for (int i = 0; i < kListeningCalls; ++i) IncomingCall::Listen(board);
  });
  parts->board.door->Start([&guests = *parts->guests](int listener, int connection) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters guest;
    guest.listener_fd = listener;
    guest.fd = connection;
    guests.HandleNewConnection(&guest);
  });
  return std::unique_ptr<GrpcFederationListener>(new GrpcFederationListener(std::move(parts)));
}

GrpcFederationListener::GrpcFederationListener(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)) {}

GrpcFederationListener::~GrpcFederationListener() {
  parts_->board.door->Stop();
  parts_->server->Shutdown(std::chrono::system_clock::now());
  parts_->board.loop->Stop();
}

std::uint16_t GrpcFederationListener::port() const { return parts_->board.door->port(); }

std::uint64_t GrpcFederationListener::accepted() const { return parts_->board.accepted; }
std::uint64_t GrpcFederationListener::refused() const {
  return parts_->board.refused + parts_->board.door->cut_off();
}

}  // namespace molva::federation
