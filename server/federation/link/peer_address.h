// Whom a connection is counted for. Private to server/federation/link.
#pragma once

#include <string>
#include <string_view>

namespace molva::federation {

// Of what gRPC calls a peer ("ipv4:192.0.2.1:5000", "ipv6:%5B2001:db8::1%5D:5000"): the IPv4
// address, or the first 64 bits of the IPv6 one, which belong to one customer; anything else as it
// stands.
std::string NetworkOf(std::string_view peer);
// Its address and port, the same for an IPv4 address that is written as IPv6.
std::string ConnectionOf(std::string_view peer);

}  // namespace molva::federation
