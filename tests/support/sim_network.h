// The network between simulated nodes: connections that are slow, break, or lose one direction, as
// a seed decides.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "federation/link/pipe.h"
#include "tests/support/sim_world.h"

namespace molva::test {

class SimConnection;

// How the way from one node to another is.
struct SimRoute {
  absl::Duration shortest = absl::Milliseconds(1);
  absl::Duration longest = absl::Milliseconds(20);
  double bytes_per_second = 1e9;
};

// Carries frames as TCP does: in order and whole, or the connection breaks and everything under way
// dies with it. What is not confirmed for kTimeout breaks the side that sends it; the other side
// hears of that only if it can. A node is known by its domain, which is its one endpoint too.
//
// Thread:  the world's.
// Life:    outlived by the world, outlives the nodes.
// Full:    Send says kFull from kFullBytes on; over kMaxQueuedBytes the connection is cut.
class SimNetwork {
 public:
  static constexpr absl::Duration kTimeout = absl::Seconds(20);
  static constexpr std::size_t kFullBytes = 64 << 10;
  static constexpr std::size_t kMaxQueuedBytes = 32 << 20;

  explicit SimNetwork(SimWorld& world);
  ~SimNetwork();
  SimNetwork(const SimNetwork&) = delete;
  SimNetwork& operator=(const SimNetwork&) = delete;

  // The node takes connections from now on. Borrows the acceptor until the node vanishes.
  void Join(const std::string& domain, const federation::PublicKey& key,
            federation::PipeAcceptor& acceptor);
  // The node is gone. kProcess: its machine tells the peers; kPower: nobody does.
  enum class Death : std::uint8_t { kProcess, kPower };
  void Vanish(const std::string& domain, Death death);
  // What the node at `domain` dials with, showing `key`.
  std::unique_ptr<federation::Dialer> DialerOf(const std::string& domain,
                                               const federation::PublicKey& key);

  // What `from` sends does not reach `to`, nor do its confirmations.
  void Cut(const std::string& from, const std::string& to);
  void Mend(const std::string& from, const std::string& to);
  void MendAll();
  bool is_cut(const std::string& from, const std::string& to) const;
  // All connections between the two break; what is under way is lost.
  void Break(const std::string& one, const std::string& other);
  // For what is sent from now on.
  void SetRoute(const std::string& from, const std::string& to, const SimRoute& route);
  // Repeats frames of former connections behind the first one of each new connection.
  enum class Echo : bool { kNo, kYes };
  void SetEcho(const std::string& from, const std::string& to, Echo echo);

  // What is sent in place of each frame of `from`.
  using Alter = std::function<std::vector<std::string>(const std::string& frame)>;
  void SetAlter(const std::string& from, Alter alter) { alters_[from] = std::move(alter); }
  // Hears each frame that a node gives away, also of those that get lost.
  using Tap = std::function<void(const std::string& frame)>;
  void SetTap(Tap tap) { tap_ = std::move(tap); }

  std::uint64_t frames_delivered() const { return frames_delivered_; }
  std::uint64_t connections_made() const { return connections_made_; }
  // The most bytes that ever waited in one direction of one connection.
  std::size_t most_queued_bytes() const { return most_queued_bytes_; }

 private:
  friend class SimConnection;
  class SimDialer;

  struct Listener {
    federation::PublicKey key;
    federation::PipeAcceptor* acceptor;
  };
  struct Wire {
    SimRoute route;
    bool is_cut = false;
    Echo echo = Echo::kNo;
    std::vector<std::string> past;  // frames of former connections
  };
  struct Call;

  void Connect(Call call);
  // A draw from the route.
  absl::Duration DelayOf(const std::string& from, const std::string& to);
  Wire& WireOf(const std::string& from, const std::string& to) { return wires_[{from, to}]; }
  void After(absl::Duration delay, runtime::Task task);
  std::vector<std::shared_ptr<SimConnection>> ConnectionsOf(const std::string& domain) const;

  SimWorld& world_;
  SimShard& shard_;  // the wires' own
  std::map<std::string, Listener> listeners_;
  std::map<std::pair<std::string, std::string>, Wire> wires_;
  std::map<std::string, Alter> alters_;
  Tap tap_;
  std::vector<std::shared_ptr<SimConnection>> connections_;  // shared with their pipes
  std::uint64_t frames_delivered_ = 0;
  std::uint64_t connections_made_ = 0;
  std::size_t most_queued_bytes_ = 0;
};

}  // namespace molva::test
