// Which addresses a URL of a stranger may lead to.
#pragma once

#include <sys/socket.h>

namespace molva::push_web {

// Whether `address` is one of the public internet: not loopback, private, link-local, multicast,
// reserved, or an IPv6 address that leads to such an IPv4 one. Source: RFC 6890 and its registry.
bool IsPublicAddress(const sockaddr& address);

}  // namespace molva::push_web
