// A file descriptor that is closed when it goes, and what the system said when it failed.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "molva/plugin.hpp"

namespace molva::media_fs {

using sdk::Done;
using sdk::Outcome;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  bool is_open() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// What errno says of `what`: a disk that refuses.
inline Outcome SystemFailure(const std::string& what) {
  return {MOLVA_UNAVAILABLE, "cannot " + what + ": " + std::strerror(errno)};
}
// The same, where that there is no such file is an answer.
inline Outcome LookupFailure(const std::string& what) {
  const bool is_absent = errno == ENOENT;
  Outcome failure = SystemFailure(what);
  if (is_absent) failure.code = MOLVA_NOT_FOUND;
  return failure;
}

}  // namespace molva::media_fs
