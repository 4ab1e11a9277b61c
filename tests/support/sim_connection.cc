#include "tests/support/sim_connection.h"

#include <utility>

namespace molva::test {

using federation::Pipe;

namespace {

// How long Close waits for what is still to be written.
constexpr absl::Duration kClosingTime = absl::Seconds(5);
constexpr std::size_t kMaxPast = 64;
constexpr std::size_t kMaxEchoes = 6;

class SimPipe final : public Pipe {
 public:
  SimPipe(std::shared_ptr<SimConnection> connection, int end)
      : connection_(std::move(connection)), end_(end) {}
  ~SimPipe() override { connection_->Drop(end_, SimConnection::Farewell::kReset); }

  Room Send(std::string frame) override { return connection_->Send(end_, std::move(frame)); }
  void Close(std::string_view) override { connection_->Close(end_); }
  void PauseReading() override { connection_->SetPaused(end_, true); }
  void ResumeReading() override { connection_->SetPaused(end_, false); }
  const federation::PublicKey& peer_key() const override { return connection_->key(1 - end_); }

 private:
  const std::shared_ptr<SimConnection> connection_;  // shared with the network
  const int end_;
};

// The right to sit at the called end. If nobody uses it, the connection is closed.
class Claim {
 public:
  explicit Claim(std::shared_ptr<SimConnection> connection) : connection_(std::move(connection)) {}
  Claim(Claim&&) = default;
  Claim& operator=(Claim&&) = delete;
  ~Claim() {
    if (connection_ != nullptr) connection_->Close(1);
  }

  std::unique_ptr<Pipe> Use(runtime::Shard& shard, federation::PipeHandler& handler) {
    return std::exchange(connection_, nullptr)->Attach(1, shard, handler);
  }

 private:
  std::shared_ptr<SimConnection> connection_;
};

}  // namespace

SimConnection::SimConnection(SimNetwork& network, Party dialler, Party called)
    : network_(network), ends_{End{.party = std::move(dialler)}, End{.party = std::move(called)}} {}

std::unique_ptr<Pipe> SimConnection::Attach(int end, runtime::Shard& shard,
                                            federation::PipeHandler& handler) {
  auto pipe = std::make_unique<SimPipe>(shared_from_this(), end);
  at(end).shard = &shard;
  at(end).handler = &handler;
  if (!at(end).is_open) {
    at(end).is_open = true;
    Shut(end, absl::UnavailableError("the connection broke"));
  }
  HandOver(end);
  return pipe;
}

void SimConnection::SendOne(int end, std::string frame) {
  End& self = at(end);
  self.unconfirmed_bytes += frame.size();
  network_.most_queued_bytes_ = std::max(network_.most_queued_bytes_, self.unconfirmed_bytes);
  Push(end, std::move(frame));
  Watch(end);
}

Pipe::Room SimConnection::Send(int end, std::string frame) {
  End& self = at(end);
  if (!self.is_open || self.is_closing) return Pipe::Room::kFree;
  if (network_.tap_ != nullptr) network_.tap_(frame);
  const auto alter = network_.alters_.find(domain(end));
  if (alter == network_.alters_.end()) {
    SendOne(end, std::move(frame));
  } else {
    for (std::string& each : alter->second(frame)) SendOne(end, std::move(each));
  }
  if (self.unconfirmed_bytes > SimNetwork::kMaxQueuedBytes) {
    Shut(end, absl::DeadlineExceededError("the peer does not read"));
    Reset(1 - end);
    return Pipe::Room::kFull;
  }
  self.was_full = self.was_full || self.unconfirmed_bytes >= SimNetwork::kFullBytes;
  return self.was_full ? Pipe::Room::kFull : Pipe::Room::kFree;
}

void SimConnection::Push(int from, Frame frame) {
  const std::size_t size = frame.has_value() ? frame->size() : 0;
  at(from).sent.push_back(std::move(frame));
  Schedule(from, size);
}

void SimConnection::Schedule(int from, std::size_t size_bytes) {
  End& self = at(from);
  const SimNetwork::Wire& wire = network_.WireOf(domain(from), domain(1 - from));
  const absl::Time now = network_.world_.clock().Now();
  const absl::Time soonest = now + network_.DelayOf(domain(from), domain(1 - from));
  self.last_arrival = std::max(self.last_arrival, soonest) +
                      absl::Seconds(static_cast<double>(size_bytes) / wire.route.bytes_per_second);
  ++self.arrivals_due;
  network_.After(self.last_arrival - now, [self_ptr = shared_from_this(), from] {
    --self_ptr->at(from).arrivals_due;
    self_ptr->Arrive(from);
  });
}

void SimConnection::Arrive(int from) {
  End& self = at(from);
  End& other = at(1 - from);
  if (self.sent.empty() || is_cut(from)) return;
  Frame frame = std::move(self.sent.front());
  self.sent.pop_front();
  if (!other.is_open) return;
  ++network_.frames_delivered_;
  const bool is_first = std::exchange(self.confirmations, self.confirmations + 1) == 0;
  if (frame.has_value() && from == 0 && !is_presented_) {
    is_presented_ = true;
    self.taken_bytes += frame->size();
    Confirm(from);
    Present(*std::move(frame));
    return Echo(1);
  }
  SimNetwork::Wire& wire = network_.WireOf(domain(from), domain(1 - from));
  if (frame.has_value() && !is_first && wire.past.size() < kMaxPast) wire.past.push_back(*frame);
  other.arrived.push_back(std::move(frame));
  if (is_first) Echo(1 - from);
  HandOver(1 - from);
}

void SimConnection::Present(std::string first_frame) {
  const auto listener = network_.listeners_.find(domain(1));
  if (listener == network_.listeners_.end()) return Reset(0);
  listener->second.acceptor->OnIncoming(
      std::move(first_frame), key(0),
      [claim = Claim(shared_from_this())](runtime::Shard& shard,
                                          federation::PipeHandler& handler) mutable {
        return claim.Use(shard, handler);
      });
}

void SimConnection::Echo(int to) {
  const SimNetwork::Wire& wire = network_.WireOf(domain(1 - to), domain(to));
  if (wire.echo == SimNetwork::Echo::kNo || wire.past.empty()) return;
  std::size_t at_frame = network_.world_.random().Below(wire.past.size());
  for (std::size_t i = 0; i < kMaxEchoes && at_frame < wire.past.size(); ++i, ++at_frame) {
    at(to).arrived.emplace_back(wire.past[at_frame]);
  }
}

// One frame a turn, so that other work comes in between.
void SimConnection::HandOver(int end) {
  End& self = at(end);
  if (self.handler == nullptr || self.is_paused || self.arrived.empty() || !self.is_open ||
      std::exchange(self.handover_posted, true)) {
    return;
  }
  self.shard->Post([connection = shared_from_this(), end] {
    End& owner = connection->at(end);
    owner.handover_posted = false;
    if (!owner.is_open || owner.is_paused || owner.handler == nullptr || owner.arrived.empty()) {
      return;
    }
    Frame frame = std::move(owner.arrived.front());
    owner.arrived.pop_front();
    if (!frame.has_value()) {
      connection->Shut(end, absl::CancelledError("the other side closed the connection"));
      return connection->Shut(1 - end, absl::OkStatus());
    }
    connection->at(1 - end).taken_bytes += frame->size();
    connection->Confirm(1 - end);
    owner.handler->OnFrame(*std::move(frame));
    connection->HandOver(end);
  });
}

// What the other end has taken does not count any more once `from` can know of it.
void SimConnection::Confirm(int from) {
  End& self = at(from);
  if (is_cut(1 - from) || self.taken_bytes == 0) return;
  ++self.confirmations;
  // Frames that were echoed were never sent on this connection.
  self.unconfirmed_bytes -= std::min(self.unconfirmed_bytes, std::exchange(self.taken_bytes, 0));
  if (!self.was_full || self.unconfirmed_bytes > SimNetwork::kFullBytes / 2) return;
  self.was_full = false;
  if (self.shard == nullptr) return;
  self.shard->Post([connection = shared_from_this(), from] {
    const End& owner = connection->at(from);
    if (owner.is_open && !owner.is_closing && owner.handler != nullptr) {
      owner.handler->OnWritable();
    }
  });
}

void SimConnection::Watch(int from) {
  End& self = at(from);
  if (std::exchange(self.is_watched, true)) return;
  network_.After(SimNetwork::kTimeout,
                 [connection = shared_from_this(), from, before = self.confirmations] {
                   End& watched = connection->at(from);
                   watched.is_watched = false;
                   if (!watched.is_open || watched.unconfirmed_bytes == 0) return;
                   if (watched.confirmations != before) return connection->Watch(from);
                   connection->Shut(from, absl::UnavailableError("the connection timed out"));
                   connection->Reset(1 - from);
                 });
}

void SimConnection::Close(int end) {
  End& self = at(end);
  if (!self.is_open || std::exchange(self.is_closing, true)) return;
  self.arrived.clear();
  Push(end, std::nullopt);
  network_.After(kClosingTime, [connection = shared_from_this(), end] {
    connection->Shut(end, absl::OkStatus());
    connection->Reset(1 - end);
  });
}

void SimConnection::SetPaused(int end, bool paused) {
  at(end).is_paused = paused;
  HandOver(end);
}

void SimConnection::Drop(int end, Farewell farewell) {
  End& self = at(end);
  self.handler = nullptr;
  if (!std::exchange(self.is_open, false)) return;
  if (farewell == Farewell::kReset) Reset(1 - end);
}

void SimConnection::Shut(int end, absl::Status why) {
  End& self = at(end);
  if (!std::exchange(self.is_open, false)) return;
  self.arrived.clear();
  self.sent.clear();
  if (self.shard == nullptr) return;
  self.shard->Post([connection = shared_from_this(), end, why = std::move(why)] {
    if (federation::PipeHandler* handler = connection->at(end).handler) handler->OnClosed(why);
  });
}

// The other one is gone: `end` hears of it unless the way to it is cut.
void SimConnection::Reset(int end) {
  if (!at(end).is_open) return;
  network_.After(network_.DelayOf(domain(1 - end), domain(end)),
                 [connection = shared_from_this(), end] {
                   if (connection->is_cut(1 - end)) return;
                   connection->Shut(end, absl::UnavailableError("the connection was reset"));
                 });
}

void SimConnection::Break() {
  for (const int end : {0, 1}) Shut(end, absl::UnavailableError("the connection broke"));
}

void SimConnection::OnMended() {
  for (const int from : {0, 1}) {
    End& self = at(from);
    for (std::size_t held = self.sent.size() - std::min(self.sent.size(), self.arrivals_due);
         held > 0 && !is_cut(from); --held) {
      Schedule(from, 0);
    }
    Confirm(from);
  }
}

}  // namespace molva::test
