// The HTTP and WebSocket door of the node: listens on one address, on every shard.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/asio_shard.h"
#include "session/connection.h"
#include "transport/files/file_door.h"
#include "transport/http/cors.h"
#include "transport/http/hook_door.h"
#include "transport/http/http_service.h"
#include "transport/http/proxy_rules.h"
#include "transport/limits.h"
#include "transport/tls_context.h"
#include "transport/traffic.h"

namespace molva::transport {

class ShardDoor;

struct ListenOptions {
  // "host:port", "[v6]:port" or ":port" for all addresses; numeric, or "localhost". Port 0 takes a
  // free one. Or "unix:/path".
  std::string address = "127.0.0.1:6060";
  mode_t unix_mode = 0660;                // of a Unix socket
  std::shared_ptr<const TlsContext> tls;  // null: plain
  std::string channels_path = "/v0/channels";
  // Live WebSocket sessions of all shards together; more are answered 503.
  std::uint32_t max_sessions = 100'000;
  // Is this API key ("" if the client sent none) good? Called on any shard.
  std::function<bool(std::string_view key)> is_valid_api_key;
  HttpService http;
  ProxyRules proxies;
  CorsRules cors;
  Limits limits;
};

// Accepts connections on each shard (SO_REUSEPORT: the kernel spreads them), serves HTTP/1.1 and
// turns upgrades into sessions.
//
// Thread: the owner's, which is no shard; the shards do the work.
// Borrows: the shards and acceptors, which outlive it.
class Listener {
 public:
  // One shard, and who makes its sessions.
  struct Place {
    runtime::AsioShard* shard = nullptr;
    session::ConnectionAcceptor* acceptor = nullptr;
    FileDoor files = {};        // none: the node takes no files
    HookDoor* hooks = nullptr;  // null: the node has no incoming hooks
  };

  // Binds, on all places or none. Nobody is accepted before Start.
  // Errors: kInvalidArgument for an address that makes no sense, kUnavailable if it is taken or
  //         may not be used; both name it.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(ListenOptions options,
                                                        std::vector<Place> places);
  // The shards must have been stopped, or Shutdown have returned.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void Start();
  // Lets nobody in any more: the address is free for others when this returns. Sessions stay. The
  // shards must be running.
  void StopAccepting();
  // Closes what is still open (sessions with kServerShutdown), waits at most `grace` for the other
  // sides, then cuts. Handlers get their OnClosed. Returns when nothing is left; the shards must
  // be running.
  void Shutdown(absl::Duration grace);
  // New connections use `tls` from now on. The listener must have been opened with TLS.
  void ReplaceTls(std::shared_ptr<const TlsContext> tls);

  // The port it really listens on; 0 for a Unix socket.
  std::uint16_t port() const { return port_; }
  // The sum over all shards, slightly old.
  Traffic traffic() const;

 private:
  Listener(ListenOptions options, std::uint16_t port);

  std::uint64_t SumOf(Counter LoopCounters::* counter) const;

  const ListenOptions options_;
  const std::uint16_t port_;
  std::vector<std::unique_ptr<ShardDoor>> doors_;
};

}  // namespace molva::transport
