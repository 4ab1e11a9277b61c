// Listening on Unix sockets.
#include "transport/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"
#include "transport/listening_socket.h"

namespace molva::transport {
namespace {

constexpr mode_t kMode = 0640;

int Connect(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int result = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::close(fd);
  return result;
}

TEST_CASE("a Unix socket listens with its mode, one for all shards", "[listener]") {
  const test::TemporaryFolder folder;
  const std::string path = folder / "s";
  auto sockets = ListeningSockets::Open("unix:" + path, 3, kMode);
  REQUIRE(sockets.ok());
  struct stat there{};
  REQUIRE(::stat(path.c_str(), &there) == 0);
  CHECK((there.st_mode & 0777) == kMode);
  CHECK(sockets->port() == 0);
  CHECK(Connect(path) == 0);
  const std::vector<int> descriptors = sockets->Release();
  CHECK(descriptors.size() == 3);
  const int accepted = ::accept(descriptors[2], nullptr, nullptr);
  CHECK(accepted >= 0);
  CHECK(PeerAddress(accepted).empty());
  ::close(accepted);
  for (const int fd : descriptors) ::close(fd);
}

TEST_CASE("a socket somebody listens on is left alone, a stale one replaced", "[listener]") {
  const test::TemporaryFolder folder;
  const std::string path = folder / "s";
  {
    auto first = ListeningSockets::Open("unix:" + path, 1, kMode);
    REQUIRE(first.ok());
    const auto second = ListeningSockets::Open("unix:" + path, 1, kMode);
    CHECK(second.status().code() == absl::StatusCode::kUnavailable);
    CHECK(Connect(path) == 0);
  }
  CHECK(Connect(path) != 0);  // nobody listens, the file is still there
  CHECK(ListeningSockets::Open("unix:" + path, 1, kMode).ok());
}

TEST_CASE("a path that is no place for a socket is refused and kept", "[listener]") {
  const test::TemporaryFolder folder;
  const std::string path = folder / "file";
  std::ofstream(path) << "mine";
  CHECK(ClearUnixPath(path).code() == absl::StatusCode::kUnavailable);
  std::string content;
  std::getline(std::ifstream(path), content);
  CHECK(content == "mine");
  CHECK(ClearUnixPath("relative").code() == absl::StatusCode::kInvalidArgument);
  CHECK(ClearUnixPath("/" + std::string(200, 'x')).code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a mode is written in octal digits", "[listener]") {
  CHECK(*ParseSocketMode("0660") == 0660);
  CHECK(*ParseSocketMode("600") == 0600);
  for (const std::string text : {"", "0680", "1777", "rw", "-1"}) {
    CHECK_FALSE(ParseSocketMode(text).ok());
  }
}

}  // namespace
}  // namespace molva::transport
