// Packets on their way from a reading thread to the program.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <molva/v1/replies.pb.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace molva::cli {

// A queue of packets that can be waited for together with other descriptors. A full one makes the
// reading thread wait, and so, in the end, the server.
//
// Thread: Put and Close on the reading thread, Abandon and the rest on the program's.
class PacketInbox {
 public:
  PacketInbox();
  ~PacketInbox();
  PacketInbox(const PacketInbox&) = delete;
  PacketInbox& operator=(const PacketInbox&) = delete;

  // False once nobody wants packets any more.
  [[nodiscard]] bool Put(molva::v1::ServerMsg packet);
  // No more will come, and why.
  void Close(absl::Status why);

  void Abandon();
  absl::StatusOr<std::optional<molva::v1::ServerMsg>> Take(absl::Duration timeout);
  // Waits until the reading thread closed the inbox; false if it did not in time.
  [[nodiscard]] bool WaitClosed(absl::Duration timeout);
  int poll_fd() const { return event_fd_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<molva::v1::ServerMsg> packets_;
  std::optional<absl::Status> closed_;
  bool abandoned_ = false;
  const int event_fd_;
};

}  // namespace molva::cli
