#include "transport/listening_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "base/status_macros.h"
#include "transport/unix_socket.h"

namespace molva::transport {
namespace {

constexpr int kBacklog = 1024;

enum class Sharing { kNone, kReusePort };

struct HostAndPort {
  std::string host;  // "" for all addresses
  std::uint16_t port = 0;
};

absl::StatusOr<HostAndPort> ParseAddress(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  HostAndPort parsed;
  if (colon == std::string::npos) {
    return absl::InvalidArgumentError(fmt::format("listen address {} has no port", address));
  }
  parsed.host = address.substr(0, colon);
  const char* const end = address.data() + address.size();
  const auto [stop, error] = std::from_chars(address.data() + colon + 1, end, parsed.port);
  if (error != std::errc() || stop != end) {
    return absl::InvalidArgumentError(fmt::format("bad port in listen address {}", address));
  }
  if (parsed.host.size() >= 2 && parsed.host.front() == '[' && parsed.host.back() == ']') {
    parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  } else if (parsed.host.find(':') != std::string::npos) {
    return absl::InvalidArgumentError(
        fmt::format("listen address {}: write an IPv6 host as [host]:port", address));
  }
  return parsed;
}

struct FreeAddressList {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, FreeAddressList>;

absl::StatusOr<AddressList> Resolve(const HostAndPort& parsed) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  // A name of the network must not delay the start; "localhost" comes from the hosts file.
  if (parsed.host != "localhost") hints.ai_flags |= AI_NUMERICHOST;
  addrinfo* found = nullptr;
  const char* const host = parsed.host.empty() ? nullptr : parsed.host.c_str();
  const int error = ::getaddrinfo(host, fmt::format("{}", parsed.port).c_str(), &hints, &found);
  if (error != 0) {
    return absl::InvalidArgumentError(
        fmt::format("bad host in listen address: {}", ::gai_strerror(error)));
  }
  return AddressList(found);
}

// A bound descriptor, or -1 with errno set.
int Bind(const addrinfo& address, Sharing sharing) {
  const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (sharing == Sharing::kReusePort) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  // [::] means every address, those of IPv4 too.
  if (address.ai_family == AF_INET6) {
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  if (::bind(fd, address.ai_addr, address.ai_addrlen) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

void SetPort(sockaddr& address, std::uint16_t port) {
  if (address.sa_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(address).sin6_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in&>(address).sin_port = htons(port);
  }
}

std::uint16_t LocalPort(int fd) {
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size);
  return ntohs(local.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(local).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(local).sin_port);
}

}  // namespace

absl::StatusOr<ListeningSockets> ListeningSockets::Open(const std::string& address,
                                                        std::size_t count, mode_t unix_mode) {
  if (const auto path = UnixPath(address)) return OpenUnix(*path, count, unix_mode);
  MOLVA_ASSIGN_OR_RETURN(const HostAndPort parsed, ParseAddress(address));
  MOLVA_ASSIGN_OR_RETURN(const AddressList found, Resolve(parsed));
  const auto fail = [&] {
    return absl::UnavailableError(
        fmt::format("cannot listen on {}: {}", address, std::strerror(errno)));
  };
  // For all addresses the IPv6 one covers both families.
  addrinfo* chosen = found.get();
  for (addrinfo* each = chosen; parsed.host.empty() && each != nullptr; each = each->ai_next) {
    if (each->ai_family == AF_INET6) chosen = each;
  }
  // Alone first: with SO_REUSEPORT a second server would share the port without a word.
  const int probe = Bind(*chosen, Sharing::kNone);
  if (probe < 0) return fail();
  if (::listen(probe, 1) != 0) {
    const absl::Status taken = fail();
    ::close(probe);
    return taken;
  }
  ListeningSockets opened;
  opened.port_ = LocalPort(probe);
  ::close(probe);
  SetPort(*chosen->ai_addr, opened.port_);
  for (std::size_t i = 0; i < count; ++i) {
    const int fd = Bind(*chosen, Sharing::kReusePort);
    if (fd < 0) return fail();
    opened.descriptors_.push_back(fd);
    if (::listen(fd, kBacklog) != 0) return fail();
  }
  return opened;
}

absl::StatusOr<ListeningSockets> ListeningSockets::OpenUnix(const std::string& path,
                                                            std::size_t count, mode_t mode) {
  MOLVA_ASSIGN_OR_RETURN(const int fd, BindUnixSocket(path, mode));
  ListeningSockets opened;
  opened.descriptors_.push_back(fd);
  const auto fail = [&] {
    return absl::UnavailableError(
        fmt::format("cannot listen on {}: {}", path, std::strerror(errno)));
  };
  if (::listen(fd, kBacklog) != 0) return fail();
  while (opened.descriptors_.size() < count) {
    const int shared = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (shared < 0) return fail();
    opened.descriptors_.push_back(shared);
  }
  return opened;
}

ListeningSockets::~ListeningSockets() {
  for (const int fd : descriptors_) ::close(fd);
}

std::vector<int> ListeningSockets::Release() { return std::exchange(descriptors_, {}); }

std::string PeerAddress(int descriptor) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (peer.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else if (peer.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  }
  const std::string_view address(text.data());
  constexpr std::string_view kMapped = "::ffff:";
  const bool is_mapped =
      address.starts_with(kMapped) && address.find('.') != std::string_view::npos;
  return std::string(is_mapped ? address.substr(kMapped.size()) : address);
}

}  // namespace molva::transport
