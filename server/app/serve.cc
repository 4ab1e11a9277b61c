#include "app/serve.h"

#include <absl/time/clock.h>
#include <fmt/core.h>

#include <memory>
#include <string>

#include "app/app.h"
#include "app/command_line.h"
#include "app/grpc_log.h"
#include "app/module_options.h"
#include "app/service_manager.h"
#include "app/signals.h"
#include "base/log.h"
#include "base/strings.h"

namespace molva::app {
namespace {

void Reload(App& app, const std::function<config::Loaded()>& load) {
  TellReloading();
  const config::Loaded fresh = load();
  if (fresh.problems.empty()) {
    app.Reload(fresh.config);
    base::LogInfo("the configuration was read again");
  } else {
    for (const config::Problem& problem : fresh.problems) {
      base::LogError("the new configuration is bad", {{"problem", problem.ToString()}});
    }
    base::LogError("the old configuration stays in force");
  }
  TellReady();
}

}  // namespace

int Serve(const config::Config& config, const std::function<config::Loaded()>& load) {
  const absl::Time began = absl::Now();
  ApplyLogSettings(config);
  TakeOverGrpcLog();
  HoldSignals();
  absl::StatusOr<std::unique_ptr<App>> app = App::Start(config);
  if (!app.ok()) {
    base::LogError("the node does not start",
                   {{"error", std::string(base::ToStd(app.status().message()))}});
    return kExitFailed;
  }
  base::LogInfo("the node serves",
                {{"version", MOLVA_VERSION},
                 {"http_port", std::to_string((*app)->http_port())},
                 {"grpc_port", std::to_string((*app)->grpc_port())},
                 {"federation_port", std::to_string((*app)->federation_port())},
                 {"data", config.Text("node.data")},
                 {"start_ms", std::to_string(absl::ToInt64Milliseconds(absl::Now() - began))}});
  TellReady();
  while (WaitForSignal() == Signal::kReload) Reload(**app, load);

  TellStopping();
  LetSignalsKill();
  base::LogInfo("the node stops");
  (*app)->Drain();
  app->reset();
  base::LogInfo("the node has stopped");
  return kExitGood;
}

}  // namespace molva::app
