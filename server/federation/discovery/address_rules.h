// Which addresses a node may be sent to by what strangers publish.
#pragma once

#include <sys/socket.h>

#include <cstdint>

namespace molva::federation {

enum class AddressRule : std::uint8_t {
  kPublicOnly,
  kAnywhere,  // tests and closed networks: federation.allow_private_addresses
};

// Whether `address` (IPv4 or IPv6) is one of the public internet: not loopback, private,
// link-local, multicast, reserved or for documentation, nor such an IPv4 address in IPv6 clothes.
// Source: the special-purpose registries of RFC 6890.
bool IsPublicAddress(const sockaddr& address);

inline bool MayConnect(AddressRule rule, const sockaddr& address) {
  return rule == AddressRule::kAnywhere || IsPublicAddress(address);
}

}  // namespace molva::federation
