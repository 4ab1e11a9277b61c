#include "federation/link/resolve_target.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>

#include "base/status_macros.h"
#include "federation/identity/endpoint.h"
#include "federation/link/addresses.h"

namespace molva::federation {
namespace {

constexpr int kMaxAddresses = 8;

absl::StatusOr<Addresses> LookUp(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(endpoint.port);
  const int error = ::getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) return absl::UnavailableError(::gai_strerror(error));
  return Addresses(found);
}

// "192.0.2.1:16061" or "[2001:db8::1]:16061".
std::string TextOf(const sockaddr& address) {
  char host[INET6_ADDRSTRLEN] = {};
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
    return fmt::format("{}:{}", host, ntohs(v4.sin_port));
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  ::inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
  return fmt::format("[{}]:{}", host, ntohs(v6.sin6_port));
}

std::string ListOf(const addrinfo* found, int family, AddressRule rule) {
  std::string list;
  int count = 0;
  for (; found != nullptr && count < kMaxAddresses; found = found->ai_next) {
    if (found->ai_family != family || !MayConnect(rule, *found->ai_addr)) continue;
    if (!list.empty()) list += ',';
    list += TextOf(*found->ai_addr);
    ++count;
  }
  return list;
}

}  // namespace

absl::StatusOr<std::string> ResolveTarget(std::string_view endpoint, AddressRule rule) {
  MOLVA_ASSIGN_OR_RETURN(const Endpoint parsed, Endpoint::Parse(endpoint));
  MOLVA_ASSIGN_OR_RETURN(const Addresses found, LookUp(parsed));
  if (std::string list = ListOf(found.get(), AF_INET, rule); !list.empty()) return "ipv4:" + list;
  if (std::string list = ListOf(found.get(), AF_INET6, rule); !list.empty()) return "ipv6:" + list;
  return absl::UnavailableError("no address that this server may connect to");
}

}  // namespace molva::federation
