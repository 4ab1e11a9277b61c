// A TCP connection, plain or with TLS, with a time limit on everything.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "clients/cli/connection.h"

struct ssl_st;
struct ssl_ctx_st;

namespace molva::cli {

// Owns the socket. Errors: kUnavailable when the other side cannot be reached or is gone.
class ByteStream {
 public:
  // With TLS the certificate must be valid for `host`.
  static absl::StatusOr<std::unique_ptr<ByteStream>> Open(const std::string& host,
                                                          const std::string& port,
                                                          Security security,
                                                          absl::Duration timeout);
  ~ByteStream();
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  absl::Status WriteAll(std::string_view bytes);
  // Appends what there is to `out`, at most 64 KiB; nothing if none came within `timeout`.
  absl::Status ReadSome(std::string& out, absl::Duration timeout);
  int fd() const { return fd_; }

 private:
  explicit ByteStream(int fd) : fd_(fd) {}
  absl::Status StartTls(const std::string& host, absl::Duration timeout);
  // What one call to OpenSSL or the system led to.
  enum class Want { kNothing, kRead, kWrite, kGone };
  Want TryWrite(std::string_view bytes, std::size_t& written);
  Want TryRead(char* out, std::size_t size, std::size_t& read);
  Want WantOf(int ssl_result) const;
  bool Wait(Want want, absl::Duration timeout) const;

  const int fd_;
  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
};

}  // namespace molva::cli
