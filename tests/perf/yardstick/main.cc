// The least a fan-out can cost: one epoll loop that sends prepared bytes to every connection.
//
// molva-yardstick --frame-bytes N: listens on a free port of 127.0.0.1 and prints it. Takes any
// WebSocket upgrade, answers any packet with a ctrl 200 of its id, and sends for each {pub} one
// frame of N bytes to all. It knows no users, no topics, no limits and no errors: it is what the
// server is compared with, not a server.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace molva::perf {
namespace {

constexpr std::size_t kGathered = 128;

// A frame and how many queues hold it.
struct Frame {
  std::string bytes;
};

struct Connection {
  int fd = -1;
  bool is_open = false;  // upgraded
  bool is_dirty = false;
  bool is_blocked = false;
  std::string input;
  std::vector<std::shared_ptr<const Frame>> queue;
  std::size_t head_written = 0;
};

std::string MakeFrame(std::string_view payload) {
  std::string frame(1, '\x81');
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else {
    frame += static_cast<char>(126);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size() & 0xFF);
  }
  frame += payload;
  return frame;
}

class Yardstick {
 public:
  explicit Yardstick(std::size_t frame_bytes)
      : fan_out_(std::make_shared<Frame>(Frame{DataFrame(frame_bytes)})) {}

  int Run() {
    Listen();
    std::array<epoll_event, 512> events;
    for (;;) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) Handle(events[static_cast<std::size_t>(i)]);
      for (Connection* each : dirty_) Flush(*each);
      dirty_.clear();
    }
  }

 private:
  static std::string DataFrame(std::size_t frame_bytes) {
    const std::string head = R"({"data":{"topic":"grpAAAAAAAAAAA","from":"usrAAAAAAAAAAA",)"
                             R"("ts":"2026-01-01T00:00:00.000Z","seq":1000,"content":")";
    const std::string tail = R"("}})";
    const std::size_t header = frame_bytes < 128 ? 2 : 4;
    const std::size_t fixed = head.size() + tail.size() + header;
    const std::size_t fill = frame_bytes > fixed ? frame_bytes - fixed : 0;
    return MakeFrame(head + std::string(fill, 'x') + tail);
  }

  void Listen() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 1024) != 0) {
      std::perror("molva-yardstick: listen");
      std::exit(1);
    }
    ::getsockname(listener_, generic, &size);
    std::printf("%u\n", static_cast<unsigned>(ntohs(address.sin_port)));
    std::fflush(stdout);
    epoll_ = ::epoll_create1(0);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event);
  }

  void Handle(const epoll_event& event) {
    auto* const connection = static_cast<Connection*>(event.data.ptr);
    if (connection == nullptr) return Accept();
    if ((event.events & EPOLLOUT) != 0) connection->is_blocked = false;
    if ((event.events & EPOLLOUT) != 0 && !connection->queue.empty()) MarkDirty(*connection);
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) Read(*connection);
  }

  void Accept() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
      if (fd < 0) return;
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      auto connection = std::make_unique<Connection>();
      connection->fd = fd;
      epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = connection.get()}};
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
      connections_.push_back(std::move(connection));
    }
  }

  void Read(Connection& connection) {
    std::array<char, 65536> chunk;
    for (;;) {
      const ssize_t got = ::recv(connection.fd, chunk.data(), chunk.size(), 0);
      if (got <= 0) break;  // who has left keeps its place: the process ends with the run
      connection.input.append(chunk.data(), static_cast<std::size_t>(got));
    }
    if (!connection.is_open) Upgrade(connection);
    if (connection.is_open) ReadFrames(connection);
  }

  void Upgrade(Connection& connection) {
    const std::size_t end = connection.input.find("\r\n\r\n");
    if (end == std::string::npos) return;
    constexpr std::string_view kName = "Sec-WebSocket-Key: ";
    const std::size_t key_at = connection.input.find(kName) + kName.size();
    const std::string key = connection.input.substr(key_at, 24);
    const std::string input = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
    SHA1(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest.data());
    std::array<unsigned char, 32> accept{};
    EVP_EncodeBlock(accept.data(), digest.data(), static_cast<int>(digest.size()));
    connection.input.erase(0, end + 4);
    connection.is_open = true;
    Push(connection, std::string("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                 "Connection: Upgrade\r\nSec-WebSocket-Accept: ") +
                         reinterpret_cast<const char*>(accept.data()) + "\r\n\r\n");
  }

  void ReadFrames(Connection& connection) {
    std::string& input = connection.input;
    std::size_t at = 0;
    while (input.size() - at >= 6) {
      const auto byte = [&](std::size_t i) {
        return static_cast<std::size_t>(static_cast<std::uint8_t>(input[at + i]));
      };
      std::size_t size = byte(1) & 0x7F;
      std::size_t header = 6;
      if (size == 126) {
        if (input.size() - at < 8) break;
        size = byte(2) << 8 | byte(3);
        header = 8;
      }
      if (input.size() - at < header + size) break;
      for (std::size_t i = 0; i < size; ++i) {
        char& c = input[at + header + i];
        c = static_cast<char>(c ^ input[at + header - 4 + i % 4]);
      }
      if ((byte(0) & 0x0F) == 1) {
        Answer(connection, std::string_view(input).substr(at + header, size));
      }
      at += header + size;
    }
    input.erase(0, at);
  }

  void Answer(Connection& connection, std::string_view packet) {
    constexpr std::string_view kId = "\"id\":\"";
    const std::size_t id_at = packet.find(kId);
    if (id_at != std::string_view::npos) {
      const std::string_view rest = packet.substr(id_at + kId.size());
      const std::string id(rest.substr(0, rest.find('"')));
      Push(connection, MakeFrame("{\"ctrl\":{\"id\":\"" + id +
                                 "\",\"code\":200,\"ts\":\"2026-01-01T00:00:00.000Z\"}}"));
    }
    if (!packet.starts_with("{\"pub\"")) return;
    for (const auto& each : connections_) {
      if (!each->is_open) continue;
      each->queue.push_back(fan_out_);
      MarkDirty(*each);
    }
  }

  void Push(Connection& connection, std::string bytes) {
    connection.queue.push_back(std::make_shared<Frame>(Frame{std::move(bytes)}));
    MarkDirty(connection);
  }

  void MarkDirty(Connection& connection) {
    if (connection.is_dirty || connection.is_blocked) return;
    connection.is_dirty = true;
    dirty_.push_back(&connection);
  }

  void Flush(Connection& connection) {
    connection.is_dirty = false;
    std::array<iovec, kGathered> parts;
    while (!connection.queue.empty()) {
      std::size_t count = 0;
      std::size_t skip = connection.head_written;
      for (; count < kGathered && count < connection.queue.size(); ++count) {
        const std::string& bytes = connection.queue[count]->bytes;
        parts[count] = {const_cast<char*>(bytes.data()) + skip, bytes.size() - skip};
        skip = 0;
      }
      msghdr message{};
      message.msg_iov = parts.data();
      message.msg_iovlen = count;
      const ssize_t sent = ::sendmsg(connection.fd, &message, MSG_NOSIGNAL);
      if (sent < 0) {
        connection.is_blocked = true;
        return;
      }
      std::size_t left = static_cast<std::size_t>(sent) + connection.head_written;
      std::size_t done = 0;
      while (done < connection.queue.size() && left >= connection.queue[done]->bytes.size()) {
        left -= connection.queue[done++]->bytes.size();
      }
      connection.head_written = left;
      connection.queue.erase(connection.queue.begin(),
                             connection.queue.begin() + static_cast<std::ptrdiff_t>(done));
    }
  }

  const std::shared_ptr<const Frame> fan_out_;
  int listener_ = -1;
  int epoll_ = -1;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> dirty_;
};

}  // namespace
}  // namespace molva::perf

int main(int argc, char** argv) {
  std::size_t frame_bytes = 200;
  if (argc == 3 && std::string_view(argv[1]) == "--frame-bytes") {
    frame_bytes = std::strtoul(argv[2], nullptr, 10);
  }
  return molva::perf::Yardstick(frame_bytes).Run();
}
