#include "script.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

extern "C" {
#include <sys/pidfd.h>  // glibc 2.36 forgets that C++ includes it too
}

namespace molva::validator_tel {
namespace {

Outcome SystemFailure(const char* what, int error) {
  return {MOLVA_UNAVAILABLE, std::string("cannot ") + what + ": " + std::strerror(error)};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

// How the child is set up: its own process group, the code on its input, no output, no other
// descriptor, no signal blocked or ignored.
class SpawnPlan {
 public:
  explicit SpawnPlan(int input) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int Spawn(const std::string& path, char* const arguments[], pid_t* pid) const {
    char path_variable[] = "PATH=/usr/local/bin:/usr/bin:/bin";
    char language_variable[] = "LANG=C.UTF-8";
    char* environment[] = {path_variable, language_variable, nullptr};
    return ::posix_spawn(pid, path.c_str(), &actions_, &attributes_, arguments, environment);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// A file in memory: a child that never reads it blocks nobody.
int MakeInput(const std::string& code) {
  const int fd = ::memfd_create("code", MFD_CLOEXEC);
  const std::string line = code + "\n";
  if (fd >= 0 && ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size())) {
    ::lseek(fd, 0, SEEK_SET);
  }
  return fd;
}

// Waits until `pid` has ended or the deadline is over.
bool WaitForEnd(int pid_fd, std::chrono::steady_clock::time_point deadline) {
  pollfd ended{pid_fd, POLLIN, 0};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    const int count = ::poll(&ended, 1, static_cast<int>(left.count()));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return false;
  }
}

int Collect(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

Outcome Judge(int status) {
  if (!WIFEXITED(status)) return {MOLVA_UNAVAILABLE, "the script was ended by a signal"};
  const int code = WEXITSTATUS(status);
  if (code == EX_OK) return Done();
  return {code == EX_DATAERR ? MOLVA_POLICY : MOLVA_UNAVAILABLE,
          "the script ended with " + std::to_string(code)};
}

// One of those who run at once, while it lives.
class Place {
 public:
  explicit Place(std::atomic<int>& running) : running_(running), number_(++running) {}
  ~Place() { --running_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  int number() const { return number_; }

 private:
  std::atomic<int>& running_;
  const int number_;
};

}  // namespace

Script::Script(std::string path, std::chrono::seconds deadline, int at_once)
    : path_(std::move(path)), deadline_(deadline), at_once_(at_once) {}

Outcome Script::Run(const Call& call) {
  const Place place(running_);
  if (place.number() > at_once_) return {MOLVA_UNAVAILABLE, "too many scripts run"};
  const auto deadline = std::chrono::steady_clock::now() + deadline_;
  const Descriptor input(MakeInput(call.code));
  if (input.get() < 0) return SystemFailure("keep the code for the script", errno);
  std::string texts[] = {path_, call.number, call.language, call.reason};
  char* arguments[] = {texts[0].data(), texts[1].data(), texts[2].data(), texts[3].data(), nullptr};
  pid_t pid = 0;
  if (const int error = SpawnPlan(input.get()).Spawn(path_, arguments, &pid); error != 0) {
    return SystemFailure("run the script", error);
  }
  const Descriptor ended(::pidfd_open(pid, 0));
  const bool has_ended = ended.get() >= 0 && WaitForEnd(ended.get(), deadline);
  if (!has_ended) ::kill(-pid, SIGKILL);
  const int status = Collect(pid);
  if (!has_ended) return {MOLVA_UNAVAILABLE, "the script did not end in time"};
  return Judge(status);
}

}  // namespace molva::validator_tel
