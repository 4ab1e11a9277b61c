#include "transport/unix_socket.h"

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/status_macros.h"

namespace molva::transport {
namespace {

constexpr std::string_view kPrefix = "unix:";

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

int NewSocket() { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

absl::Status Refuse(const std::string& path, std::string_view why) {
  return absl::UnavailableError(fmt::format("cannot listen on {}{}: {}", kPrefix, path, why));
}

}  // namespace

std::optional<std::string> UnixPath(std::string_view address) {
  if (!address.starts_with(kPrefix)) return std::nullopt;
  return std::string(address.substr(kPrefix.size()));
}

absl::Status ClearUnixPath(const std::string& path) {
  if (!path.starts_with('/') || path.size() >= sizeof(sockaddr_un::sun_path)) {
    return absl::InvalidArgumentError(
        fmt::format("a Unix socket needs a path from the root of at most {} bytes, not {}",
                    sizeof(sockaddr_un::sun_path) - 1, path));
  }
  struct stat there{};
  if (::lstat(path.c_str(), &there) != 0) {
    return errno == ENOENT ? absl::OkStatus() : Refuse(path, std::strerror(errno));
  }
  if (!S_ISSOCK(there.st_mode)) return Refuse(path, "there is something else than a socket");
  const int probe = NewSocket();
  if (probe < 0) return Refuse(path, std::strerror(errno));
  const sockaddr_un address = AddressOf(path);
  const int connected =
      ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = connected == 0 ? 0 : errno;
  ::close(probe);
  // Whoever listens accepts, or is too busy to (EAGAIN); a dead one's socket refuses.
  if (error != ECONNREFUSED) return Refuse(path, "somebody listens there");
  if (::unlink(path.c_str()) != 0) return Refuse(path, std::strerror(errno));
  return absl::OkStatus();
}

absl::StatusOr<mode_t> ParseSocketMode(const std::string& text) {
  constexpr mode_t kMost = 0777;
  constexpr int kOctal = 8;
  mode_t mode = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, mode, kOctal);
  if (error != std::errc() || stop != end || mode > kMost) {
    return absl::InvalidArgumentError(fmt::format("{} is no mode of a socket, as 0660", text));
  }
  return mode;
}

absl::StatusOr<int> BindUnixSocket(const std::string& path, mode_t mode) {
  MOLVA_RETURN_IF_ERROR(ClearUnixPath(path));
  const int fd = NewSocket();
  if (fd < 0) return Refuse(path, std::strerror(errno));
  const sockaddr_un address = AddressOf(path);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::chmod(path.c_str(), mode) == 0) {
    return fd;
  }
  const absl::Status refused = Refuse(path, std::strerror(errno));
  ::close(fd);
  return refused;
}

}  // namespace molva::transport
