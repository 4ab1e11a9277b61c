// Where a server can be reached: a host and a port.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace molva::federation {

// A plain value.
//
// Text form: "chat.example.org:16061", "192.0.2.7:16061", "[2001:db8::7]:16061".
struct Endpoint {
  static constexpr std::size_t kMaxTextBytes = 253 + 6;

  // Errors: kInvalidArgument: no domain name or address, or no port from 1 to 65535.
  static absl::StatusOr<Endpoint> Parse(std::string_view text);
  std::string ToString() const;

  std::string host;  // lower case; an IPv6 address without brackets
  std::uint16_t port = 0;
};

}  // namespace molva::federation
