// A connected, non-blocking stream socket, plain or TLS.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>

#include "runtime/fd_watch.h"

struct ssl_st;

namespace molva::transport {

class TlsContext;

// How a read, a write or a handshake went.
struct IoResult {
  enum class Kind {
    kDone,       // `bytes` were moved, at least one
    kWantRead,   // nothing moved; try again when readable
    kWantWrite,  // nothing moved; try again when writable
    kClosed,     // the other side is gone, or broke the rules of TLS
  };
  Kind kind = Kind::kClosed;
  std::size_t bytes = 0;
};

// Bytes in and out of one connection. TLS works directly on the descriptor.
//
// Thread: the shard's. Owns: the descriptor.
class Socket {
 public:
  // The most that one TLS record carries, and so the most that Write takes in one call under TLS.
  static constexpr std::size_t kRecordBytes = 16 * 1024;

  // `tls` null: plain.
  Socket(runtime::AsioShard& shard, int fd, const TlsContext* tls, runtime::FdEvents& events);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // kDone (with no bytes) once the connection is ready; a plain one is at once.
  IoResult Handshake();
  IoResult Read(std::span<char> buffer);
  // Writes from the start of `parts`, possibly less than all. Under TLS the parts are merged into
  // one record by way of `scratch`, of kRecordBytes; after kWantWrite the next call must begin
  // with the same bytes.
  IoResult Write(std::span<const iovec> parts, std::span<char> scratch);
  // Bytes that were written and that the other side has not yet acknowledged.
  std::size_t UnacknowledgedBytes() const;
  // Tells the other side that nothing more comes.
  void ShutdownWrite();

  // Arranges the call that `want` asks for: OnReadable for kWantRead, OnWritable for kWantWrite.
  void Await(IoResult::Kind want);
  void AwaitReadable() { watch_.AwaitReadable(); }
  void Redirect(runtime::FdEvents& events) { watch_.Redirect(events); }

 private:
  IoResult FromTls(int result);
  IoResult WriteRecord(std::span<const iovec> parts, std::span<char> scratch);

  runtime::FdWatch watch_;
  ssl_st* tls_ = nullptr;
};

}  // namespace molva::transport
