// Whose word counts about where a request came from.
#pragma once

#include <absl/status/statusor.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "transport/http/http_service.h"

namespace molva::transport {

// The proxies before the node. What they write into X-Forwarded-For (each appends whom it saw) is
// believed from the right on, as long as the one who wrote is a proxy; without that header
// X-Real-IP counts. Strangers may write what they like.
//
// Thread: any; immutable. Source: docs/protocol transports §11.
class ProxyRules {
 public:
  // Believes nobody.
  ProxyRules() = default;
  // `texts`: addresses, networks as "10.0.0.0/8", and "unix" for whoever comes by a Unix socket.
  // Errors: kInvalidArgument naming the one that is none of these.
  static absl::StatusOr<ProxyRules> Parse(const std::vector<std::string>& texts);

  // Who sent `request`, which came from the address `peer` ("" by a Unix socket).
  std::string ClientAddress(const HttpRequest& request, std::string_view peer) const;

 private:
  using Bytes = std::array<std::uint8_t, 16>;  // IPv4 as IPv6
  struct Network {
    Bytes address;
    int prefix_bits;
  };

  static absl::StatusOr<Network> ParseNetwork(const std::string& text);
  bool IsProxy(std::string_view address) const;

  std::vector<Network> networks_;
  bool trusts_unix_ = false;
};

}  // namespace molva::transport
