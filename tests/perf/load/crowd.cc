#include "tests/perf/load/crowd.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace molva::perf {
namespace {

constexpr std::size_t kConnectsAtOnce = 200;
constexpr double kHandshakeSeconds = 20;
constexpr std::uint64_t kStandardInput = ~std::uint64_t{0};
constexpr std::uint8_t kText = 1;
constexpr std::uint8_t kClose = 8;
constexpr std::uint8_t kPing = 9;
constexpr std::uint8_t kPong = 10;

std::size_t ByteAt(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

}  // namespace

std::int64_t SteadyNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Crowd::Crowd(std::uint16_t port)
    : port_(port), epoll_(::epoll_create1(EPOLL_CLOEXEC)), buffer_(256 * 1024) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kStandardInput}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &event);
}

Crowd::~Crowd() {
  for (const Peer& peer : peers_) ::close(peer.fd);
  ::close(epoll_);
}

absl::Status Crowd::Connect(std::size_t count) {
  const std::size_t wanted = peers_.size() + count;
  peers_.reserve(wanted);
  while (peers_.size() < wanted && status_.ok()) {
    const std::size_t part = std::min(kConnectsAtOnce, wanted - peers_.size());
    for (std::size_t i = 0; i < part; ++i) {
      peers_.emplace_back();
      Begin(peers_.size() - 1);
    }
    const absl::Status status = RunUntil([&] { return open_ == peers_.size(); }, kHandshakeSeconds);
    if (!status.ok()) return status;
  }
  return status_;
}

void Crowd::Begin(std::size_t number) {
  Peer& peer = peers_[number];
  peer.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(peer.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Fail(fmt::format("connect: {}", std::strerror(errno)));
  }
  const int on = 1;
  ::setsockopt(peer.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.u64 = number}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, peer.fd, &event);
  // Before all that was queued for the new connection already.
  peer.output = fmt::format(
      "GET /v0/channels?apikey=AQEAAAABAAD_rAp4DJh05a1HAwFT3A6K HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n"
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      port_);
  MarkDirty(number);
}

void Crowd::Reconnect(std::size_t number) {
  Peer& peer = peers_[number];
  ::close(peer.fd);
  if (std::exchange(peer.is_open, false)) --open_;
  peer.input.clear();
  Begin(number);
}

void Crowd::Send(std::size_t peer, std::string_view text) { QueueFrame(peer, kText, text); }

void Crowd::QueueFrame(std::size_t number, std::uint8_t opcode, std::string_view payload) {
  std::string& out = peers_[number].output;
  out += static_cast<char>(0x80 | opcode);
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else {
    out += static_cast<char>(0xFE);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xFF);
  }
  out.append(4, '\0');  // a mask of zeros leaves the payload as it is
  out += payload;
  MarkDirty(number);
}

void Crowd::MarkDirty(std::size_t number) {
  if (std::exchange(peers_[number].is_dirty, true)) return;
  dirty_.push_back(number);
}

absl::Status Crowd::RunUntil(const std::function<bool()>& done, double limit_seconds) {
  const std::int64_t deadline = SteadyNanos() + static_cast<std::int64_t>(limit_seconds * 1e9);
  while (status_.ok() && !done()) {
    const std::int64_t left = deadline - SteadyNanos();
    if (left <= 0) return absl::DeadlineExceededError("the server took too long");
    Turn(static_cast<int>(std::min<std::int64_t>(left / 1'000'000 + 1, 1000)));
  }
  return status_;
}

absl::Status Crowd::RunFor(double seconds) {
  const std::int64_t end = SteadyNanos() + static_cast<std::int64_t>(seconds * 1e9);
  while (status_.ok()) {
    const std::int64_t left = end - SteadyNanos();
    if (left <= 0) break;
    Turn(static_cast<int>(left / 1'000'000 + 1));
  }
  return status_;
}

absl::StatusOr<std::optional<std::string>> Crowd::ReadLine() {
  for (;;) {
    if (!status_.ok()) return status_;
    if (const std::size_t end = lines_.find('\n'); end != std::string::npos) {
      std::string line = lines_.substr(0, end);
      lines_.erase(0, end + 1);
      return line;
    }
    if (!std::exchange(has_line_waiting_, false)) {
      Turn(1000);
      continue;
    }
    std::array<char, 512> chunk;
    const ssize_t got = ::read(STDIN_FILENO, chunk.data(), chunk.size());
    if (got <= 0) return std::nullopt;
    lines_.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

void Crowd::Turn(int timeout_millis) {
  for (std::size_t i = 0; i < dirty_.size(); ++i) Flush(dirty_[i]);
  dirty_.clear();
  std::array<epoll_event, 256> events;
  const int count =
      ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_millis);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.u64 == kStandardInput) {
      has_line_waiting_ = true;
      continue;
    }
    const auto number = static_cast<std::size_t>(event.data.u64);
    if ((event.events & EPOLLOUT) != 0 && !peers_[number].output.empty()) MarkDirty(number);
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) Read(number);
  }
  for (std::size_t i = 0; i < dirty_.size(); ++i) Flush(dirty_[i]);
  dirty_.clear();
}

void Crowd::Read(std::size_t number) {
  const int fd = peers_[number].fd;
  for (;;) {
    const ssize_t got = ::recv(fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return Fail(fmt::format("the server ended connection {}", number));
    const auto size = static_cast<std::size_t>(got);
    bytes_received_ += size;
    TakeBytes(number, {buffer_.data(), size});
    // Edge triggered, but a short read means that the kernel had no more.
    if (size < buffer_.size() || peers_[number].fd != fd) return;
  }
}

void Crowd::TakeBytes(std::size_t number, std::string_view bytes) {
  Peer& peer = peers_[number];
  const int fd = peer.fd;
  std::string kept;
  if (!peer.input.empty()) {
    kept = std::move(peer.input);
    kept += bytes;
    bytes = kept;
  }
  if (!peer.is_open) bytes.remove_prefix(TakeHandshake(peer, bytes));
  if (peer.is_open) bytes.remove_prefix(TakeFrames(number, bytes));
  // After a Reconnect the rest belongs to nobody.
  if (peer.fd == fd) peer.input = bytes;
}

std::size_t Crowd::TakeHandshake(Peer& peer, std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  if (!bytes.starts_with("HTTP/1.1 101 ")) {
    Fail(fmt::format("the server answers {}", bytes.substr(0, bytes.find('\r'))));
    return 0;
  }
  peer.is_open = true;
  ++open_;
  return end + 4;
}

std::size_t Crowd::TakeFrames(std::size_t number, std::string_view bytes) {
  const int fd = peers_[number].fd;
  std::size_t at = 0;
  while (bytes.size() - at >= 2 && peers_[number].fd == fd) {
    std::size_t size = ByteAt(bytes, at + 1);
    std::size_t header = 2;
    if (size >= 126) {
      header = size == 126 ? 4 : 10;
      if (bytes.size() - at < header) break;
      size = 0;
      for (std::size_t i = 2; i < header; ++i) size = size << 8 | ByteAt(bytes, at + i);
    }
    if (bytes.size() - at < header + size) break;
    TakeFrame(number, ByteAt(bytes, at) & 0x0F, bytes.substr(at + header, size));
    at += header + size;
  }
  return at;
}

void Crowd::TakeFrame(std::size_t number, std::uint8_t opcode, std::string_view payload) {
  if (opcode == kText && listener_ != nullptr) listener_->OnPacket(number, payload);
  if (opcode == kPing) QueueFrame(number, kPong, payload);
  if (opcode == kClose) {
    const std::size_t code = payload.size() < 2 ? 0 : ByteAt(payload, 0) << 8 | ByteAt(payload, 1);
    Fail(fmt::format("the server closes connection {} with {}", number, code));
  }
}

void Crowd::Flush(std::size_t number) {
  Peer& peer = peers_[number];
  peer.is_dirty = false;
  const ssize_t sent =
      ::send(peer.fd, peer.output.data(), peer.output.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0) peer.output.erase(0, static_cast<std::size_t>(sent));
  if (sent < 0 && errno != EAGAIN) Fail(fmt::format("send: {}", std::strerror(errno)));
}

void Crowd::Fail(std::string why) {
  if (status_.ok()) status_ = absl::UnavailableError(why);
}

}  // namespace molva::perf
