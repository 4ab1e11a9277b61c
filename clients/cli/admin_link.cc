#include "clients/cli/admin_link.h"

#include <fmt/core.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <utility>

namespace molva::cli {
namespace {

constexpr char kServiceData[] = "/var/lib/molva";
constexpr std::chrono::seconds kPatience(30);

std::string FolderOf(const Arguments& arguments) {
  if (arguments.Has("data")) return arguments.Get("data");
  const char* folder = std::getenv("MOLVA_NODE_DATA");
  return folder == nullptr ? kServiceData : folder;
}

}  // namespace

std::string AdminSocketPath(const Arguments& arguments) {
  if (arguments.Has("socket")) return arguments.Get("socket");
  return FolderOf(arguments) + "/admin.sock";
}

AdminLink::AdminLink(std::string path)
    : path_(std::move(path)),
      stub_(molva::admin::v1::Admin::NewStub(
          grpc::CreateChannel("unix:" + path_, grpc::InsecureChannelCredentials()))) {}

void AdminLink::Prepare(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
}

absl::Status AdminLink::Explain(const grpc::Status& status) const {
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE && ::access(path_.c_str(), W_OK) != 0) {
    return absl::UnavailableError(
        fmt::format("no node answers at {}; name its data directory with --data", path_));
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      "the node says: " + status.error_message());
}

}  // namespace molva::cli
