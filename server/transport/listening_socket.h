// Listening sockets: from the text of an address to descriptors that share it.
#pragma once

#include <absl/status/statusor.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace molva::transport {

// Descriptors that listen on the same address, for the kernel to spread connections over.
//
// Owns: the descriptors until they are taken by Release.
class ListeningSockets {
 public:
  // Binds and listens `count` times. `address` as in ListenOptions; a Unix socket is bound once,
  // with `unix_mode`, and all descriptors share it. Errors: kInvalidArgument for a malformed
  // address, kUnavailable if it cannot be had. An address
  //         that another process listens on is refused, although the sockets could share it.
  static absl::StatusOr<ListeningSockets> Open(const std::string& address, std::size_t count,
                                               mode_t unix_mode);
  ~ListeningSockets();
  ListeningSockets(ListeningSockets&& other) noexcept = default;
  ListeningSockets& operator=(ListeningSockets&&) = delete;

  std::uint16_t port() const { return port_; }
  std::vector<int> Release();

 private:
  ListeningSockets() = default;
  static absl::StatusOr<ListeningSockets> OpenUnix(const std::string& path, std::size_t count,
                                                   mode_t mode);

  std::vector<int> descriptors_;
  std::uint16_t port_ = 0;
};

// The address of the other side of a socket, without the port; "" if it has none.
std::string PeerAddress(int descriptor);

}  // namespace molva::transport
