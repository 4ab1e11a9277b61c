// The doors of the node: HTTP with WebSocket, and gRPC; and the pages for operators.
#pragma once

#include <absl/status/statusor.h>

#include <memory>

#include "admin/health.h"
#include "admin/metrics.h"
#include "app/core.h"
#include "config/config.h"
#include "transport/grpc/grpc_listener.h"
#include "transport/listener.h"

namespace molva::app {

// Both listeners, either of which may be off.
//
// Thread:  the owner's, which is no shard.
// Borrows: core, health and metrics; they outlive it.
class Doors {
 public:
  // Binds the addresses; nobody is served before Start.
  // Errors: TLS files and addresses, named.
  static absl::StatusOr<std::unique_ptr<Doors>> Open(const config::Config& config, Core& core,
                                                     const admin::HealthBoard& health,
                                                     admin::MetricsRegistry& metrics);

  // The core's shards must run.
  void Start();
  // Lets nobody in any more, waits at most `grace` for those inside.
  void StopAccepting();
  void Shutdown(absl::Duration grace);
  // Reads the certificate again; keeps the old one if the new one is bad.
  absl::Status ReloadTls(const config::Config& config);

  // 0 if the door is off.
  int http_port() const { return http_ == nullptr ? 0 : http_->port(); }
  int grpc_port() const { return grpc_ == nullptr ? 0 : grpc_->port(); }

 private:
  Doors() = default;
  absl::Status OpenHttp(const config::Config& config, Core& core, const admin::HealthBoard& health,
                        const admin::MetricsRegistry& metrics);
  absl::Status OpenGrpc(const config::Config& config, Core& core);
  void Register(admin::MetricsRegistry& metrics) const;

  std::unique_ptr<transport::Listener> http_;
  std::unique_ptr<transport::GrpcListener> grpc_;
};

}  // namespace molva::app
