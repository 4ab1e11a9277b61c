// Connections that are being closed: kept until the last bytes are out.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "federation/peer/connection.h"
#include "runtime/shard.h"

namespace molva::federation {

// Thread:  confined to the shard.
// Owns:    the connections. Borrows: the shard.
// Full:    beyond kMax the oldest is cut off.
class Departures final : public ConnectionOwner {
 public:
  static constexpr std::size_t kMax = 16;

  explicit Departures(runtime::Shard& shard) : shard_(shard) {}

  // Says Bye with a word of docs/federation.md §10 and closes.
  void SayBye(std::unique_ptr<Connection> connection, std::string_view reason);
  // The other side has closed; only what is in it is destroyed, and not at once.
  void Bury(std::unique_ptr<Connection> connection);
  // The same for a pipe that nobody wants.
  void Refuse(PipeAcceptor::MakePipe make, std::string_view reason);
  bool empty() const { return leaving_.empty(); }

  // ConnectionOwner
  void OnFrame(Connection& connection, std::string frame) override;
  void OnWritable(Connection& connection) override;
  void OnClosed(Connection& connection, const absl::Status& why) override;

 private:
  void Sweep();

  runtime::Shard& shard_;
  std::vector<std::unique_ptr<Connection>> leaving_;
  // Expires with this.
  const std::shared_ptr<Departures*> self_ = std::make_shared<Departures*>(this);
};

}  // namespace molva::federation
