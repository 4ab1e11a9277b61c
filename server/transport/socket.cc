#include "transport/socket.h"

#include <linux/sockios.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "transport/tls_context.h"

namespace molva::transport {
namespace {

IoResult FromSystem(ssize_t moved, IoResult::Kind when_blocked) {
  if (moved > 0) return {IoResult::Kind::kDone, static_cast<std::size_t>(moved)};
  if (moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
    return {when_blocked};
  }
  return {IoResult::Kind::kClosed};
}

}  // namespace

Socket::Socket(runtime::AsioShard& shard, int fd, const TlsContext* tls, runtime::FdEvents& events)
    : watch_(shard, fd, events) {
  if (tls == nullptr) return;
  tls_ = SSL_new(tls->native());
  MOLVA_CHECK(tls_ != nullptr && SSL_set_fd(tls_, fd) == 1, "out of memory for TLS");
  SSL_set_accept_state(tls_);
}

Socket::~Socket() {
  // Before the watch closes the descriptor that it works on.
  if (tls_ != nullptr) SSL_free(tls_);
}

IoResult Socket::FromTls(int result) {
  if (result > 0) return {IoResult::Kind::kDone, static_cast<std::size_t>(result)};
  switch (SSL_get_error(tls_, result)) {
    case SSL_ERROR_WANT_READ:
      return {IoResult::Kind::kWantRead};
    case SSL_ERROR_WANT_WRITE:
      return {IoResult::Kind::kWantWrite};
    default:
      return {IoResult::Kind::kClosed};
  }
}

IoResult Socket::Handshake() {
  if (tls_ == nullptr || SSL_is_init_finished(tls_)) return {IoResult::Kind::kDone};
  ERR_clear_error();
  const IoResult result = FromTls(SSL_do_handshake(tls_));
  return {result.kind};
}

IoResult Socket::Read(std::span<char> buffer) {
  if (tls_ == nullptr) {
    return FromSystem(::recv(watch_.fd(), buffer.data(), buffer.size(), 0),
                      IoResult::Kind::kWantRead);
  }
  MOLVA_CHECK(buffer.size() >= kRecordBytes, "a TLS read must take a whole record");
  ERR_clear_error();
  return FromTls(SSL_read(tls_, buffer.data(), static_cast<int>(buffer.size())));
}

IoResult Socket::Write(std::span<const iovec> parts, std::span<char> scratch) {
  if (tls_ != nullptr) return WriteRecord(parts, scratch);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());  // sendmsg only reads it
  message.msg_iovlen = parts.size();
  return FromSystem(::sendmsg(watch_.fd(), &message, MSG_NOSIGNAL), IoResult::Kind::kWantWrite);
}

IoResult Socket::WriteRecord(std::span<const iovec> parts, std::span<char> scratch) {
  std::size_t size = 0;
  for (const iovec& part : parts) {
    const std::size_t taken = std::min(part.iov_len, scratch.size() - size);
    std::memcpy(scratch.data() + size, part.iov_base, taken);
    size += taken;
    if (taken < part.iov_len) break;
  }
  ERR_clear_error();
  return FromTls(SSL_write(tls_, scratch.data(), static_cast<int>(size)));
}

std::size_t Socket::UnacknowledgedBytes() const {
  int bytes = 0;
  ::ioctl(watch_.fd(), SIOCOUTQ, &bytes);  // leaves zero where it is not known
  return static_cast<std::size_t>(bytes);
}

void Socket::ShutdownWrite() {
  if (tls_ != nullptr && SSL_is_init_finished(tls_)) {
    ERR_clear_error();
    // Best effort: the close_notify is sent if there is room; the FIN follows in any case.
    SSL_shutdown(tls_);
  }
  ::shutdown(watch_.fd(), SHUT_WR);
}

void Socket::Await(IoResult::Kind want) {
  if (want == IoResult::Kind::kWantRead) {
    watch_.AwaitReadable();
  } else if (want == IoResult::Kind::kWantWrite) {
    watch_.AwaitWritable();
  }
}

}  // namespace molva::transport
