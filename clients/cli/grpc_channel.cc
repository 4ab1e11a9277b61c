#include "clients/cli/grpc_channel.h"

#include <absl/status/status.h>
#include <fmt/core.h>
#include <grpc/support/log.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <string_view>

namespace molva::cli {
namespace {

constexpr int kMaxBatchBytes = 64 * 1024 * 1024;

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenGrpcChannel(const std::string& address,
                                                               absl::Duration timeout) {
  const bool tls = address.starts_with("grpcs://");
  const std::size_t scheme = address.find("://");
  const std::string target = scheme == std::string::npos ? address : address.substr(scheme + 3);
  // What the library would write to standard error, the error below says better.
  gpr_set_log_function([](gpr_log_func_args*) {});
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxBatchBytes);
  const auto credentials = tls ? grpc::SslCredentials(grpc::SslCredentialsOptions())
                               : grpc::InsecureChannelCredentials();
  auto channel = grpc::CreateCustomChannel(target, credentials, arguments);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() +
                                 absl::ToChronoMilliseconds(timeout))) {
    return absl::UnavailableError(
        fmt::format("no Molva server answers at {}{}; is it running? --server names another",
                    target, tls ? ", or its certificate is not trusted" : ""));
  }
  return channel;
}

}  // namespace molva::cli
