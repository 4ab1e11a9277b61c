// Tells when a non-blocking file descriptor can be read or written.
#pragma once

#include <cstdint>

namespace molva::runtime {

class AsioShard;

// Who is told. A call may destroy the watch.
class FdEvents {
 public:
  virtual ~FdEvents() = default;
  virtual void OnReadable() = 0;
  virtual void OnWritable() = 0;
};

// Watches one descriptor: each Await is answered by one call, from the shard's loop. An error or a
// hang-up counts as readable and writable: the next read or write tells which.
//
// Thread: the shard's. Owns: the descriptor; the destructor closes it, and no call follows.
class FdWatch {
 public:
  // `fd` must be open and non-blocking.
  FdWatch(AsioShard& shard, int fd, FdEvents& events);
  ~FdWatch();
  FdWatch(const FdWatch&) = delete;
  FdWatch& operator=(const FdWatch&) = delete;
  FdWatch(FdWatch&& other) noexcept;
  FdWatch& operator=(FdWatch&&) = delete;

  // Does nothing while the same await is pending.
  void AwaitReadable();
  void AwaitWritable();
  // From now on `events` is told, of pending awaits too.
  void Redirect(FdEvents& events);
  int fd() const;

 private:
  struct State;

  State* state_;  // shared with the pending waits; counted in the object
};

}  // namespace molva::runtime
