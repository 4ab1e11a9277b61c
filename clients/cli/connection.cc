#include "clients/cli/connection.h"

#include <fmt/core.h>

#include <string_view>

namespace molva::cli {

absl::StatusOr<std::unique_ptr<Connection>> Connect(const std::string& address,
                                                    const ConnectOptions& options) {
  const std::string_view text = address;
  if (text.starts_with("ws://") || text.starts_with("wss://")) {
    return ConnectWebSocket(address, options);
  }
  const bool grpc = text.starts_with("grpc://") || text.starts_with("grpcs://");
  if (text.empty() || (!grpc && text.find("://") != std::string_view::npos)) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' is no server address; write host:port, grpcs://host:port, "
                    "ws://host:port or wss://host",
                    address));
  }
  return ConnectGrpc(address, options);
}

}  // namespace molva::cli
