#include "federation/link/link_door.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/log.h"
#include "federation/link/addresses.h"
#include "federation/link/link_arguments.h"
#include "federation/link/peer_address.h"
#include "federation/link/pipe.h"

namespace molva::federation {
namespace {

// What gRPC holds at the most of an honest peer: a frame, what it reads ahead, and what TLS and
// HTTP/2 put around them.
constexpr std::int64_t kMostHeld =
    static_cast<std::int64_t>(kMaxFrameBytes) + kLookAheadBytes + (256 << 10);
// A guest who sends this much between two looks is looked at more often.
constexpr std::int64_t kBusyBytes = 64 << 10;
constexpr int kQuickLookMs = 5;
constexpr int kSlowLookMs = 50;
constexpr int kBacklog = 128;

absl::StatusOr<Addresses> LookUpOwn(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return absl::InvalidArgumentError("host:port is wanted");
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.empty() ? nullptr : host.c_str(),
                                  address.substr(colon + 1).c_str(), &hints, &found);
  if (error != 0) return absl::InvalidArgumentError(::gai_strerror(error));
  return Addresses(found);
}

// A listening descriptor, or -1 with errno set.
int Listen(const addrinfo& at) {
  const int descriptor =
      ::socket(at.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, at.ai_protocol);
  if (descriptor < 0) return -1;
  const int yes = 1;
  const int no = 0;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (at.ai_family == AF_INET6) {
    ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  }
  if (::bind(descriptor, at.ai_addr, at.ai_addrlen) == 0 && ::listen(descriptor, kBacklog) == 0) {
    return descriptor;
  }
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return -1;
}

std::uint16_t PortOf(int descriptor) {
  sockaddr_storage own{};
  socklen_t length = sizeof own;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &length);
  char port[NI_MAXSERV] = {};
  ::getnameinfo(reinterpret_cast<sockaddr*>(&own), length, nullptr, 0, port, sizeof port,
                NI_NUMERICSERV);
  return static_cast<std::uint16_t>(std::strtoul(port, nullptr, 10));
}

// "host:port" of the other side; "" if it has gone already.
std::string PeerOf(int descriptor) {
  sockaddr_storage peer{};
  socklen_t length = sizeof peer;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &length) != 0) return "";
  char host[NI_MAXHOST] = {};
  char port[NI_MAXSERV] = {};
  if (::getnameinfo(reinterpret_cast<sockaddr*>(&peer), length, host, sizeof host, port,
                    sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "";
  }
  return ConnectionOf(fmt::format("ip:[{}]:{}", host, port));
}

// What has come over an open connection and left the kernel; -1 if it is not open any more.
std::int64_t ReceivedOver(int descriptor) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -1;
  constexpr int kEstablished = 1;  // TCP_ESTABLISHED of <netinet/tcp.h>, whose tcp_info is shorter
  if (info.tcpi_state != kEstablished) return -1;
  int unread = 0;
  if (::ioctl(descriptor, SIOCINQ, &unread) != 0) return -1;
  return static_cast<std::int64_t>(info.tcpi_bytes_received) - unread;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LinkDoor>> LinkDoor::Open(const std::string& address) {
  const absl::StatusOr<Addresses> addresses = LookUpOwn(address);
  if (!addresses.ok()) return addresses.status();
  int listener = -1;
  for (const addrinfo* at = addresses->get(); at != nullptr && listener < 0; at = at->ai_next) {
    listener = Listen(*at);
  }
  if (listener < 0) return absl::UnavailableError(std::strerror(errno));
  const int bell = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (bell < 0) {
    ::close(listener);
    return absl::UnavailableError(std::strerror(errno));
  }
  return std::unique_ptr<LinkDoor>(new LinkDoor(listener, bell, PortOf(listener)));
}

LinkDoor::~LinkDoor() {
  Stop();
  for (const auto& [name, guest] : guests_) ::close(guest.descriptor);
  ::close(listener_);
  ::close(bell_);
}

void LinkDoor::Start(HandOn hand_on) {
  hand_on_ = std::move(hand_on);
  thread_ = std::thread([this] { Run(); });
}

void LinkDoor::Stop() {
  if (!thread_.joinable()) return;
  ::eventfd_write(bell_, 1);
  thread_.join();
}

LinkDoor::FrameMark LinkDoor::MarkOf(const std::string& peer) {
  const std::lock_guard lock(marks_mutex_);
  const auto at = marks_.find(ConnectionOf(peer));
  return at == marks_.end() ? nullptr : at->second;
}

void LinkDoor::Run() {
  int next_look = -1;
  for (;;) {
    pollfd waited[] = {{bell_, POLLIN, 0}, {listener_, POLLIN, 0}};
    if (::poll(waited, std::size(waited), next_look) < 0 && errno != EINTR) return;
    if ((waited[0].revents & POLLIN) != 0) return;
    if ((waited[1].revents & POLLIN) != 0) AcceptAll();
    next_look = Look();
  }
}

void LinkDoor::AcceptAll() {
  for (int i = 0; i < kBacklog; ++i) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection >= 0) {
      Admit(connection);
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      base::LogWarning("a server's connection is not taken", {{"why", std::strerror(errno)}});
      ::poll(nullptr, 0, kSlowLookMs);  // the listener stays readable
    }
    return;
  }
}

void LinkDoor::Admit(int connection) {
  Guest guest;
  const std::string name = PeerOf(connection);
  guest.descriptor = name.empty() ? -1 : ::fcntl(connection, F_DUPFD_CLOEXEC, 0);
  if (guest.descriptor < 0) {
    ::close(connection);  // cannot be watched
    return;
  }
  {
    const std::lock_guard lock(marks_mutex_);
    marks_[name] = guest.frame_came;
  }
  if (const auto former = guests_.extract(name); !former.empty()) {
    ::close(former.mapped().descriptor);
  }
  guests_.emplace(name, std::move(guest));
  hand_on_(listener_, connection);
}

int LinkDoor::Look() {
  bool is_busy = false;
  for (auto at = guests_.begin(); at != guests_.end();) {
    if (MayStay(at->second, is_busy)) {
      ++at;
      continue;
    }
    ::close(at->second.descriptor);
    const std::lock_guard lock(marks_mutex_);
    marks_.erase(at->first);
    at = guests_.erase(at);
  }
  if (guests_.empty()) return -1;
  return is_busy ? kQuickLookMs : kSlowLookMs;
}

bool LinkDoor::MayStay(Guest& guest, bool& is_busy) {
  // Asked first: what comes meanwhile counts for the next frame.
  const bool frame_came = guest.frame_came->exchange(false, std::memory_order_relaxed);
  const std::int64_t received = ReceivedOver(guest.descriptor);
  if (received < 0) return false;
  if (frame_came) guest.since = received;
  if (received - guest.since > kMostHeld) {
    base::LogWarning("a connection that sends no whole frame is cut",
                     {{"bytes", std::to_string(received - guest.since)}});
    ++cut_off_;  // before the guest can tell
    ::shutdown(guest.descriptor, SHUT_RDWR);
    return false;
  }
  if (received - guest.received > kBusyBytes) is_busy = true;
  guest.received = received;
  return true;
}

}  // namespace molva::federation
