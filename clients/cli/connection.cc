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
  if (text.starts_with("grpc://")) return ConnectGrpc(address.substr(7), Security::kPlain, options);
  if (text.starts_with("grpcs://")) return ConnectGrpc(address.substr(8), Security::kTls, options);
  if (text.empty() || text.find("://") != std::string_view::npos) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' is no server address; write host:port, grpcs://host:port, "
                    "ws://host:port or wss://host",
                    address));
  }
  return ConnectGrpc(address, Security::kPlain, options);
}

}  // namespace molva::cli
