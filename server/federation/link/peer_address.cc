#include "federation/link/peer_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

namespace molva::federation {
namespace {

constexpr std::size_t kNetworkBytes = 8;

std::string_view HostOf(std::string_view peer) {
  const std::size_t scheme = peer.find(':');
  const std::size_t port = peer.rfind(':');
  if (scheme == std::string_view::npos || port <= scheme) return peer;
  std::string_view host = peer.substr(scheme + 1, port - scheme - 1);
  if (host.starts_with("%5B") && host.ends_with("%5D")) host = host.substr(3, host.size() - 6);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host;
}

}  // namespace

std::string ConnectionOf(std::string_view peer) {
  std::string_view host = HostOf(peer);
  const std::size_t mapped = host.rfind(':');
  if (mapped != std::string_view::npos && host.find('.') != std::string_view::npos) {
    host = host.substr(mapped + 1);
  }
  const std::size_t port = peer.rfind(':');
  const std::string_view number = port == std::string_view::npos ? "" : peer.substr(port + 1);
  return std::string(host) + " " + std::string(number);
}

std::string NetworkOf(std::string_view peer) {
  const std::string host(HostOf(peer));
  in6_addr address{};
  if (::inet_pton(AF_INET6, host.c_str(), &address) != 1) return host;
  if (IN6_IS_ADDR_V4MAPPED(&address)) return host.substr(host.rfind(':') + 1);
  std::memset(address.s6_addr + kNetworkBytes, 0, sizeof address.s6_addr - kNetworkBytes);
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET6, &address, text, sizeof text);
  return text;
}

}  // namespace molva::federation
