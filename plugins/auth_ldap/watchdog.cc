#include "watchdog.h"

#include <sys/socket.h>

namespace molva::auth_ldap {

Watchdog::Watchdog(std::chrono::seconds patience)
    : thread_([this, end = std::chrono::steady_clock::now() + patience] { Run(end); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Watchdog::Watch(int socket) {
  const std::lock_guard lock(mutex_);
  socket_ = socket;
  if (is_over_) ShutDown();
}

void Watchdog::Forget() {
  const std::lock_guard lock(mutex_);
  socket_ = -1;
}

void Watchdog::Run(std::chrono::steady_clock::time_point end) {
  std::unique_lock lock(mutex_);
  if (changed_.wait_until(lock, end, [this] { return is_ending_; })) return;
  is_over_ = true;
  ShutDown();
}

void Watchdog::ShutDown() const {
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

}  // namespace molva::auth_ldap
