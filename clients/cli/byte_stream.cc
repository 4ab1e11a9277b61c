#include "clients/cli/byte_stream.h"

#include <absl/time/clock.h>
#include <fmt/core.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

constexpr absl::Duration kWriteTimeout = absl::Seconds(10);

absl::Status Gone() { return absl::UnavailableError("the server closed the connection"); }

int PollFor(int fd, short events, absl::Duration timeout) {
  pollfd entry{fd, events, 0};
  return ::poll(&entry, 1, static_cast<int>(absl::ToInt64Milliseconds(timeout)));
}

// A connected socket that does not block, or -1.
int ConnectTo(const addrinfo& address, absl::Duration timeout) {
  const int fd = ::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  int error = 0;
  socklen_t size = sizeof error;
  if (::connect(fd, address.ai_addr, address.ai_addrlen) != 0 &&
      (errno != EINPROGRESS || PollFor(fd, POLLOUT, timeout) <= 0 ||
       ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)) {
    ::close(fd);
    return -1;
  }
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteStream>> ByteStream::Open(const std::string& host,
                                                             const std::string& port,
                                                             Security security,
                                                             absl::Duration timeout) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) {
    return absl::UnavailableError(fmt::format("no host is called {}", host));
  }
  int fd = -1;
  for (const addrinfo* at = found; at != nullptr && fd < 0; at = at->ai_next) {
    fd = ConnectTo(*at, timeout);
  }
  ::freeaddrinfo(found);
  if (fd < 0) {
    return absl::UnavailableError(fmt::format(
        "no server answers at {}:{}; is it running? --server names another", host, port));
  }
  std::unique_ptr<ByteStream> stream(new ByteStream(fd));
  if (security == Security::kTls) MOLVA_RETURN_IF_ERROR(stream->StartTls(host, timeout));
  return stream;
}

ByteStream::~ByteStream() {
  if (ssl_ != nullptr) SSL_shutdown(ssl_);
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  ::close(fd_);
}

absl::Status ByteStream::StartTls(const std::string& host, absl::Duration timeout) {
  context_ = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_default_verify_paths(context_);
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, fd_);
  SSL_set_tlsext_host_name(ssl_, host.c_str());
  X509_VERIFY_PARAM* rules = SSL_get0_param(ssl_);
  // An address as text is checked as an address, anything else as a name.
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1) SSL_set1_host(ssl_, host.c_str());
  while (true) {
    ERR_clear_error();
    const int result = SSL_connect(ssl_);
    if (result == 1) return absl::OkStatus();
    if (!Wait(WantOf(result), timeout)) break;
  }
  const long verdict = SSL_get_verify_result(ssl_);
  return absl::UnavailableError(verdict != X509_V_OK
                                    ? fmt::format("the certificate of {} is not trusted: {}", host,
                                                  X509_verify_cert_error_string(verdict))
                                    : fmt::format("{} does not speak TLS here", host));
}

ByteStream::Want ByteStream::WantOf(int ssl_result) const {
  switch (SSL_get_error(ssl_, ssl_result)) {
    case SSL_ERROR_WANT_READ:
      return Want::kRead;
    case SSL_ERROR_WANT_WRITE:
      return Want::kWrite;
    default:
      return Want::kGone;
  }
}

bool ByteStream::Wait(Want want, absl::Duration timeout) const {
  if (want == Want::kGone) return false;
  return PollFor(fd_, want == Want::kRead ? POLLIN : POLLOUT, timeout) > 0;
}

ByteStream::Want ByteStream::TryWrite(std::string_view bytes, std::size_t& written) {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &written);
    return result == 1 ? Want::kNothing : WantOf(result);
  }
  const ssize_t result = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (result < 0) return errno == EAGAIN || errno == EINTR ? Want::kWrite : Want::kGone;
  written = static_cast<std::size_t>(result);
  return Want::kNothing;
}

ByteStream::Want ByteStream::TryRead(char* out, std::size_t size, std::size_t& read) {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_, out, size, &read);
    return result == 1 ? Want::kNothing : WantOf(result);
  }
  const ssize_t result = ::recv(fd_, out, size, 0);
  if (result < 0) return errno == EAGAIN || errno == EINTR ? Want::kRead : Want::kGone;
  read = static_cast<std::size_t>(result);
  return read == 0 ? Want::kGone : Want::kNothing;
}

absl::Status ByteStream::WriteAll(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t written = 0;
    const Want want = TryWrite(bytes, written);
    if (want == Want::kNothing) {
      bytes.remove_prefix(written);
    } else if (!Wait(want, kWriteTimeout)) {
      return Gone();
    }
  }
  return absl::OkStatus();
}

absl::Status ByteStream::ReadSome(std::string& out, absl::Duration timeout) {
  std::array<char, 64 * 1024> buffer;
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    std::size_t read = 0;
    const Want want = TryRead(buffer.data(), buffer.size(), read);
    if (want == Want::kGone) return Gone();
    if (want == Want::kNothing) {
      out.append(buffer.data(), read);
      return absl::OkStatus();
    }
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration() || !Wait(want, left)) return absl::OkStatus();
  }
}

}  // namespace molva::cli
