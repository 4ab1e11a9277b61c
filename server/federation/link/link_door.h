// The door through which connections come to gRPC. Private to server/federation/link.
#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace molva::federation {

// Accepts connections, hands them on, and cuts those that send too much without a whole frame: gRPC
// looks at the length of a message only when it has all of it, and would fill the memory of all
// links with one.
//
// Thread: one of its own; Open and the destructor on the owner's, MarkOf and cut_off on any.
// Owns:   a second descriptor of each connection, as long as that is open.
class LinkDoor {
 public:
  // Takes a connection and owns its descriptor from then on. Called on the door's thread.
  using HandOn = std::function<void(int listener, int connection)>;

  // Binds "host:port" (port 0: any). Nothing is accepted before Start.
  // Errors: kUnavailable if the address cannot be had, with the reason.
  static absl::StatusOr<std::unique_ptr<LinkDoor>> Open(const std::string& address);
  ~LinkDoor();
  LinkDoor(const LinkDoor&) = delete;
  LinkDoor& operator=(const LinkDoor&) = delete;

  void Start(HandOn hand_on);
  // Accepts no more and leaves all connections alone.
  void Stop();
  std::uint16_t port() const { return port_; }

  // Set whenever a whole frame has come over the connection from `peer` (as gRPC names it). Null:
  // it has gone already.
  using FrameMark = std::shared_ptr<std::atomic<bool>>;
  FrameMark MarkOf(const std::string& peer);
  // Connections that were cut.
  std::uint64_t cut_off() const { return cut_off_; }

 private:
  struct Guest {
    int descriptor = -1;
    std::int64_t received = 0;  // at the last look
    std::int64_t since = 0;     // at the last whole frame
    FrameMark frame_came = std::make_shared<std::atomic<bool>>(false);
  };

  LinkDoor(int listener, int bell, std::uint16_t port)
      : listener_(listener), bell_(bell), port_(port) {}
  void Run();
  void AcceptAll();
  void Admit(int connection);
  // Looks at all guests. Returns the milliseconds until the next look; -1: none is here.
  int Look();
  // False: the guest has gone or was sent away.
  bool MayStay(Guest& guest, bool& is_busy);

  const int listener_;
  const int bell_;  // an eventfd that wakes the thread to stop
  const std::uint16_t port_;
  HandOn hand_on_;
  std::map<std::string, Guest> guests_;  // by address and port
  std::mutex marks_mutex_;
  std::map<std::string, FrameMark> marks_;  // of guests, for MarkOf
  std::atomic<std::uint64_t> cut_off_{0};
  std::thread thread_;
};

}  // namespace molva::federation
