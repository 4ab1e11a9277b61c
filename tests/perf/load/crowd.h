// Thousands of WebSocket clients of one server on one epoll loop, as cheap as they can be.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace molva::perf {

// Nanoseconds of the steady clock.
std::int64_t SteadyNanos();

// The clients ("peers", by number). What a turn queues is written when the turn ends; pings are
// answered. A connection that ends by itself is an error of the run.
//
// Thread: one. Errors: kUnavailable for a refused or lost connection, kDeadlineExceeded when the
// server takes longer than told.
class Crowd {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void OnPacket(std::size_t peer, std::string_view text) = 0;
  };

  explicit Crowd(std::uint16_t port);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  // Adds `count` peers and waits until all have finished the opening handshake.
  absl::Status Connect(std::size_t count);
  // Closes the peer's connection and begins a new one; what is sent then waits for its handshake.
  void Reconnect(std::size_t peer);
  void Send(std::size_t peer, std::string_view text);
  // To whom packets go from now on; null: nobody.
  void Listen(Listener* listener) { listener_ = listener; }

  // Turns until `done`, which is asked after each turn.
  absl::Status RunUntil(const std::function<bool()>& done, double limit_seconds);
  absl::Status RunFor(double seconds);
  // The next line of standard input, while the peers are kept alive; nullopt at its end.
  absl::StatusOr<std::optional<std::string>> ReadLine();

  std::size_t size() const { return peers_.size(); }
  std::uint64_t bytes_received() const { return bytes_received_; }

 private:
  struct Peer {
    int fd = -1;
    bool is_open = false;
    bool is_dirty = false;
    std::string input;   // an unfinished frame or handshake
    std::string output;  // not yet taken by the kernel
  };

  void Begin(std::size_t number);
  void Turn(int timeout_millis);
  void Read(std::size_t number);
  void TakeBytes(std::size_t number, std::string_view bytes);
  std::size_t TakeHandshake(Peer& peer, std::string_view bytes);
  std::size_t TakeFrames(std::size_t number, std::string_view bytes);
  void TakeFrame(std::size_t number, std::uint8_t opcode, std::string_view payload);
  void QueueFrame(std::size_t number, std::uint8_t opcode, std::string_view payload);
  void MarkDirty(std::size_t number);
  void Flush(std::size_t number);
  void Fail(std::string why);

  const std::uint16_t port_;
  int epoll_;
  std::vector<Peer> peers_;
  std::vector<std::size_t> dirty_;
  std::vector<char> buffer_;
  std::size_t open_ = 0;
  std::uint64_t bytes_received_ = 0;
  Listener* listener_ = nullptr;
  std::string lines_;
  bool has_line_waiting_ = false;
  absl::Status status_;
};

}  // namespace molva::perf
