// The whole node: the only place that knows every concrete class. Built bottom-up, drained
// top-down.
#pragma once

#include <absl/status/statusor.h>

#include <memory>

#include "admin/health.h"
#include "admin/metrics.h"
#include "app/admin_socket.h"
#include "app/core.h"
#include "app/data_directory.h"
#include "app/doors.h"
#include "config/config.h"

namespace molva::app {

// A running node.
//
// Thread: one, which is no shard: the main thread.
class App {
 public:
  // Builds everything and opens the doors. On an error nothing is left behind but what belongs on
  // disk.
  static absl::StatusOr<std::unique_ptr<App>> Start(const config::Config& config);
  // Drains, if that has not happened.
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Takes over what of `fresh` may change while the node runs, and logs what waits for a restart.
  void Reload(const config::Config& fresh);
  // Closes the doors, ends the sessions, waits for what is in flight. At most the grace of the
  // configuration for each door.
  void Drain();

  int http_port() const { return doors_->http_port(); }
  int grpc_port() const { return doors_->grpc_port(); }
  // 0 if other servers cannot connect.
  int federation_port() const {
    return core_->federation() == nullptr ? 0 : core_->federation()->port();
  }

 private:
  App(const config::Config& config, DataDirectory data);
  void OpenAdminSocket();
  absl::Status WriteBackup(backup::ByteSink& sink);

  config::Config config_;
  const DataDirectory data_;
  admin::HealthBoard health_;
  admin::MetricsRegistry metrics_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<Doors> doors_;
  std::unique_ptr<AdminSocket> admin_;
};

}  // namespace molva::app
