#include "clients/cli/packet_inbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace molva::cli {
namespace {

constexpr std::size_t kMaxPackets = 4096;

}  // namespace

PacketInbox::PacketInbox() : event_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
PacketInbox::~PacketInbox() { ::close(event_fd_); }

bool PacketInbox::Put(molva::v1::ServerMsg packet) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return abandoned_ || packets_.size() < kMaxPackets; });
  if (abandoned_) return false;
  packets_.push_back(std::move(packet));
  ::eventfd_write(event_fd_, 1);
  changed_.notify_all();
  return true;
}

void PacketInbox::Close(absl::Status why) {
  const std::lock_guard lock(mutex_);
  closed_ = std::move(why);
  ::eventfd_write(event_fd_, 1);
  changed_.notify_all();
}

void PacketInbox::Abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  packets_.clear();
  changed_.notify_all();
}

absl::StatusOr<std::optional<molva::v1::ServerMsg>> PacketInbox::Take(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoMilliseconds(timeout),
                    [this] { return !packets_.empty() || closed_.has_value(); });
  if (packets_.empty()) {
    if (closed_.has_value()) return *closed_;
    eventfd_t count = 0;
    ::eventfd_read(event_fd_, &count);
    return std::nullopt;
  }
  molva::v1::ServerMsg packet = std::move(packets_.front());
  packets_.pop_front();
  changed_.notify_all();
  return packet;
}

bool PacketInbox::WaitClosed(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, absl::ToChronoMilliseconds(timeout),
                           [this] { return closed_.has_value(); });
}

}  // namespace molva::cli
