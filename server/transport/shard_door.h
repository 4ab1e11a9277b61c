// A listener's part on one shard: accepts and owns the connections there.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "runtime/asio_shard.h"
#include "runtime/fd_watch.h"
#include "transport/endpoint_loop.h"
#include "transport/http/http_connection.h"
#include "transport/limits.h"
#include "transport/tls_context.h"
#include "transport/traffic.h"

namespace molva::transport {

// Accepts on one descriptor. When the process is out of descriptors it waits a moment and tries
// again; connections then queue in the kernel.
//
// Thread: built by the owner of the listener; then the shard's, but for counters().
// Owns: the descriptor and all connections. Borrows: the shard.
class ShardDoor final : public runtime::FdEvents {
 public:
  struct Setup {
    HttpRules rules;
    Limits limits;
    std::shared_ptr<const TlsContext> tls;
    std::function<bool()> has_room_for_connection;
  };

  ShardDoor(runtime::AsioShard& shard, int listening_fd, Setup setup);
  ~ShardDoor() override;

  void Start();
  void StopAccepting();
  // Stops accepting, closes everything, and when nothing is left or `grace` is over calls `done`.
  void Shutdown(absl::Duration grace, runtime::Task done);
  void ReplaceTls(std::shared_ptr<const TlsContext> tls) { setup_.tls = std::move(tls); }

  runtime::AsioShard& shard() { return shard_; }
  const LoopCounters& counters() const { return counters_; }

  void OnReadable() override;
  void OnWritable() override {}

 private:
  enum class Outcome { kGoOn, kWaitForMore, kBackOff };

  Outcome AcceptOne();
  void Admit(int fd);
  void BackOff(int error);
  void AwaitEmpty(absl::Time give_up, runtime::Task done);

  runtime::AsioShard& shard_;
  Setup setup_;
  LoopCounters counters_;
  int listening_fd_;                       // until Start; then the watch's
  std::optional<EndpointLoop> loop_;       // from Start to the end of Shutdown
  std::optional<runtime::FdWatch> watch_;  // while accepting
  runtime::TimerId retry_ = runtime::TimerId::kNone;
  absl::Time next_complaint_ = absl::InfinitePast();
};

}  // namespace molva::transport
