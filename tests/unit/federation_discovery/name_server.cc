#include "tests/unit/federation_discovery/name_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/check.h"

namespace molva::test {
namespace {

constexpr const char* kKnot = "/usr/sbin/knotd";
constexpr const char* kKeyManager = "/usr/sbin/keymgr";

int FreePort() {
  const int probe = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  MOLVA_CHECK(::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                  ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0,
              "no port");
  ::close(probe);
  return ntohs(address.sin_port);
}

// Starts a program whose output goes to `output`.
pid_t Start(std::array<const char*, 6> arguments, const std::string& output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t process = 0;
  const int error = ::posix_spawn(&process, arguments[0], &actions, nullptr,
                                  const_cast<char* const*>(arguments.data()), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) std::fprintf(stderr, "%s: %s\n", arguments[0], std::strerror(error));
  MOLVA_CHECK(error == 0, "knot does not start; is it installed (deploy/packages.txt)?");
  return process;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

NameServer::NameServer(const std::string& records) : port_(FreePort()) {
  WriteFiles(records);
  const std::string config = folder_ / "knot.conf";
  process_ = Start({kKnot, "-c", config.c_str(), nullptr, nullptr, nullptr}, folder_ / "knot.log");
  WriteAnchors();
}

NameServer::~NameServer() {
  ::kill(process_, SIGTERM);
  ::waitpid(process_, nullptr, 0);
}

void NameServer::WriteFiles(const std::string& records) const {
  std::filesystem::create_directory(folder_ / "db");
  const std::string root = folder_ / "";
  std::ofstream(folder_ / "knot.conf") << fmt::format(R"(
server:
    rundir: "{0}"
    listen: 127.0.0.1@{1}
database:
    storage: "{0}db"
log:
  - target: stderr
    any: info
policy:
  - id: signed
    single-type-signing: on
template:
  - id: default
    storage: "{0}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
  - domain: a.example
    file: zone
    dnssec-signing: on
    dnssec-policy: signed
  - domain: plain.example
    file: zone
)",
                                                      root, port_);
  std::ofstream(folder_ / "zone") << "$TTL 60\n@ SOA ns hostmaster 1 60 60 600 60\n@ NS ns\n"
                                     "ns A 127.0.0.1\n"
                                  << records;
}

// The keys exist once the zone is signed, soon after the start.
void NameServer::WriteAnchors() const {
  const std::string config = folder_ / "knot.conf";
  std::string keys;
  for (int i = 0; i < 200 && keys.find(" DS ") == std::string::npos; ++i) {
    const timespec pause{0, 50'000'000};
    ::nanosleep(&pause, nullptr);
    if (ReadFile(folder_ / "knot.log").find("server started") == std::string::npos) continue;
    const std::string output = anchor();
    ::waitpid(Start({kKeyManager, "-c", config.c_str(), "a.example", "ds", nullptr}, output),
              nullptr, 0);
    keys = ReadFile(output);
  }
  MOLVA_CHECK(keys.find(" DS ") != std::string::npos, "knot does not sign");
  std::string changed;
  for (std::size_t at = 0; at < keys.size();) {
    const std::size_t end = keys.find('\n', at);
    changed += "plain.example." + keys.substr(keys.find(' ', at), end + 1 - keys.find(' ', at));
    at = end + 1;
  }
  std::ofstream(false_anchor()) << changed;
}

}  // namespace molva::test
