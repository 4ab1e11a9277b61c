// One connection of the simulated network, with its two ends.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/sim_network.h"

namespace molva::test {

// The ends are numbered: 0 dialled, 1 was called. What an end sends counts against it until the
// other one has taken it and the confirmation could come back.
//
// Thread: the world's.
class SimConnection : public std::enable_shared_from_this<SimConnection> {
 public:
  struct Party {
    std::string domain;
    federation::PublicKey key;
  };

  SimConnection(SimNetwork& network, Party dialler, Party called);

  // Who sits at end `end` from now on; what has come for it follows.
  std::unique_ptr<federation::Pipe> Attach(int end, runtime::Shard& shard,
                                           federation::PipeHandler& handler);

  // The pipe's side.
  federation::Pipe::Room Send(int end, std::string frame);
  void Close(int end);
  void SetPaused(int end, bool paused);
  // Nobody sits at `end` any more; what is under way is lost.
  enum class Farewell : bool { kNone, kReset };
  void Drop(int end, Farewell farewell);

  // The network's side. Both ends break now.
  void Break();
  // What a cut has held goes on.
  void OnMended();
  const std::string& domain(int end) const { return at(end).party.domain; }
  const federation::PublicKey& key(int end) const { return at(end).party.key; }
  bool is_over() const { return !ends_[0].is_open && !ends_[1].is_open; }

 private:
  using Frame = std::optional<std::string>;  // none: the end of what is sent
  struct End {
    Party party;
    runtime::Shard* shard = nullptr;
    federation::PipeHandler* handler = nullptr;
    bool is_open = true;
    bool is_closing = false;
    bool is_paused = false;
    bool was_full = false;
    bool handover_posted = false;
    bool is_watched = false;
    std::deque<Frame> sent{};           // not there yet, oldest first
    std::size_t arrivals_due = 0;       // of these, how many are not held by a cut
    std::deque<Frame> arrived{};        // for this end, not handed over yet
    std::size_t unconfirmed_bytes = 0;  // of what this end has sent
    std::size_t taken_bytes = 0;        // of these, what the other one has taken
    absl::Time last_arrival = absl::InfinitePast();
    std::uint64_t confirmations = 0;
  };

  End& at(int end) { return ends_[static_cast<std::size_t>(end)]; }
  const End& at(int end) const { return ends_[static_cast<std::size_t>(end)]; }
  bool is_cut(int from) const { return network_.is_cut(domain(from), domain(1 - from)); }
  void SendOne(int end, std::string frame);
  void Push(int from, Frame frame);
  void Schedule(int from, std::size_t size_bytes);
  void Arrive(int from);
  void Present(std::string first_frame);
  void HandOver(int end);
  void Confirm(int from);
  void Watch(int from);
  // Frames of former connections, once more.
  void Echo(int to);
  // The end is over; its owner hears why.
  void Shut(int end, absl::Status why);
  void Reset(int end);

  SimNetwork& network_;
  std::array<End, 2> ends_;
  bool is_presented_ = false;
};

}  // namespace molva::test
