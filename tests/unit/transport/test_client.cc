#include "tests/unit/transport/test_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "tests/support/catch.h"

namespace molva::transport {

TestClient::TestClient(std::uint16_t port, Security security) {
  fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
  REQUIRE(fd_ >= 0);
  const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  if (security == Security::kPlain) return;
  tls_context_ = SSL_CTX_new(TLS_client_method());
  tls_ = SSL_new(tls_context_);
  SSL_set_fd(tls_, fd_);
  REQUIRE(SSL_connect(tls_) == 1);
}

TestClient::~TestClient() {
  SSL_free(tls_);
  SSL_CTX_free(tls_context_);
  ::close(fd_);
}

void TestClient::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto size = static_cast<int>(bytes.size());
    const auto sent = tls_ != nullptr ? static_cast<ssize_t>(SSL_write(tls_, bytes.data(), size))
                                      : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    REQUIRE(sent > 0);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::size_t TestClient::WriteSome(std::string_view bytes) {
  const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

std::size_t TestClient::Receive(char* into, std::size_t size) {
  if (tls_ != nullptr) {
    const int got = SSL_read(tls_, into, static_cast<int>(size));
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }
  const ssize_t got = ::recv(fd_, into, size, 0);
  if (got < 0) {
    REQUIRE(errno == ECONNRESET);  // anything else is a test that waited in vain
    was_reset_ = true;
  }
  return got < 0 ? 0 : static_cast<std::size_t>(got);
}

bool TestClient::FillBuffer() {
  std::array<char, 65536> chunk;
  const std::size_t got = Receive(chunk.data(), chunk.size());
  buffer_.append(chunk.data(), got);
  return got > 0;
}

std::string TestClient::ReadResponse(Body expected) {
  std::size_t head_end = 0;
  while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!FillBuffer()) return {};
  }
  head_end += 4;
  const std::string head = buffer_.substr(0, head_end);
  const std::size_t length_at = head.find("Content-Length: ");
  const bool has_body = length_at != std::string::npos && expected == Body::kExpected;
  const std::size_t body = has_body ? std::stoul(head.substr(length_at + 16)) : 0;
  while (buffer_.size() < head_end + body) {
    if (!FillBuffer()) break;
  }
  const std::string response = buffer_.substr(0, head_end + body);
  buffer_.erase(0, response.size());
  return response;
}

std::string TestClient::Upgrade(std::string_view target) {
  Write("GET " + std::string(target) +
        " HTTP/1.1\r\nHost: molva\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  return ReadResponse();
}

std::optional<ServerFrame> TestClient::ReadFrame() {
  const auto have = [this](std::size_t size) {
    while (buffer_.size() < size) {
      if (!FillBuffer()) return false;
    }
    return true;
  };
  const auto byte = [this](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(buffer_[at]));
  };
  if (!have(2)) return std::nullopt;
  ServerFrame frame;
  REQUIRE((byte(0) & 0xF0) == 0x80);  // final, no reserved bits
  frame.opcode = byte(0) & 0x0F;
  std::size_t size = byte(1);
  REQUIRE(size < 128);  // unmasked
  std::size_t header = 2;
  const std::size_t length_bytes = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (length_bytes > 0) {
    if (!have(2 + length_bytes)) return std::nullopt;
    size = 0;
    for (; header < 2 + length_bytes; ++header) size = size * 256 + byte(header);
  }
  if (!have(header + size)) return std::nullopt;
  frame.payload = buffer_.substr(header, size);
  buffer_.erase(0, header + size);
  return frame;
}

std::string TestClient::ReadText() {
  for (;;) {
    const std::optional<ServerFrame> frame = ReadFrame();
    if (!frame.has_value() || frame->opcode == 8) return {};
    if (frame->opcode == 1) return frame->payload;
  }
}

bool TestClient::ReadAhead(std::size_t bytes) {
  const std::size_t wanted = buffer_.size() + bytes;
  while (buffer_.size() < wanted) {
    if (!FillBuffer()) return false;
  }
  return true;
}

bool TestClient::ReadToEnd() {
  while (FillBuffer()) buffer_.clear();
  return !was_reset_;
}

void TestClient::CloseWrite() { ::shutdown(fd_, SHUT_WR); }

void TestClient::Reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(std::exchange(fd_, -1));
}

std::string TestClient::PeerName() const {
  X509* const certificate = SSL_get0_peer_certificate(tls_);
  std::array<char, 100> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

void TestClient::ShrinkReceiveBuffer() {
  const int bytes = 4096;
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

}  // namespace molva::transport
