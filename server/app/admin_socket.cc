#include "app/admin_socket.h"

#include <fmt/core.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "app/admin_service.h"

namespace molva::app {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr int kMaxThreads = 8;
constexpr int kMaxRequestBytes = 64 * 1024;
constexpr int kMaxMetadataBytes = 8 * 1024;

}  // namespace

struct AdminSocket::Parts {
  Parts(std::string where, AdminReach reach)
      : path(std::move(where)), service(MakeAdminService(std::move(reach))) {}

  const std::string path;
  const std::unique_ptr<grpc::Service> service;
  std::unique_ptr<grpc::Server> server;
};

absl::StatusOr<std::unique_ptr<AdminSocket>> AdminSocket::Open(const std::string& path,
                                                               AdminReach reach) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return absl::InvalidArgumentError(fmt::format(
        "{} is longer than the {} bytes of a socket's name", path, sizeof(sockaddr_un::sun_path)));
  }
  auto parts = std::make_unique<Parts>(path, std::move(reach));
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + path, grpc::InsecureServerCredentials());
  builder.RegisterService(parts->service.get());
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 1);
  builder.SetResourceQuota(grpc::ResourceQuota("admin").SetMaxThreads(kMaxThreads));
  parts->server = builder.BuildAndStart();
  if (parts->server == nullptr) {
    return absl::UnavailableError(fmt::format("cannot listen on {}", path));
  }
  if (::chmod(path.c_str(), kOwnerOnly) != 0) {
    return absl::UnavailableError(fmt::format("cannot protect {}: {}", path, std::strerror(errno)));
  }
  return std::unique_ptr<AdminSocket>(new AdminSocket(std::move(parts)));
}

AdminSocket::AdminSocket(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

AdminSocket::~AdminSocket() {
  parts_->server->Shutdown(std::chrono::system_clock::now());
  parts_->server->Wait();
  ::unlink(parts_->path.c_str());
}

}  // namespace molva::app
