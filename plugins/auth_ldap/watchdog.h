// An end to what a directory may take altogether, whatever the library waits for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace molva::auth_ldap {

// Shuts a socket down when its time is over: whoever reads from it or writes to it then fails at
// once. The library has no limit of its own for the handshake of TLS.
//
// Thread: Watch and Forget: any. Owns a thread of its own, which ends with the object.
class Watchdog {
 public:
  explicit Watchdog(std::chrono::seconds patience);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // `socket` is open until Forget, or as long as this is there.
  void Watch(int socket);
  void Forget();

 private:
  void Run(std::chrono::steady_clock::time_point end);
  void ShutDown() const;

  std::mutex mutex_;
  std::condition_variable changed_;
  int socket_ = -1;
  bool is_over_ = false;  // a socket that comes later is shut down at once
  bool is_ending_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace molva::auth_ldap
