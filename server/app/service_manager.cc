#include "app/service_manager.h"

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include "base/log.h"

namespace molva::app {
namespace {

// Source: sd_notify(3): a leading @ stands for the abstract namespace.
void Tell(const std::string& state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || *path == '\0') return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t length = std::strlen(path);
  if (length >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path, length);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  if (::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), size) < 0) {
    base::LogWarning("the service manager could not be told", {{"error", std::strerror(errno)}});
  }
  ::close(socket);
}

}  // namespace

void TellReady() { Tell("READY=1"); }

void TellReloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  Tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.tv_sec * 1'000'000 + now.tv_nsec / 1000));
}

void TellStopping() { Tell("STOPPING=1"); }

void TellStatus(std::string_view line) { Tell(fmt::format("STATUS={}", line)); }

}  // namespace molva::app
