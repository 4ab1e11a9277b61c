#include "app/doors.h"

#include <string>
#include <utility>
#include <vector>

#include "app/api_keys.h"
#include "app/federation_pages.h"
#include "app/module_options.h"
#include "app/operator_pages.h"
#include "app/traffic_metrics.h"
#include "base/status_macros.h"
#include "transport/http/static_files.h"
#include "transport/unix_socket.h"

namespace molva::app {
namespace {

bool HasTls(const config::Config& config) { return !config.Text("tls.certificate").empty(); }

absl::StatusOr<std::shared_ptr<const transport::TlsContext>> LoadTls(const config::Config& config) {
  return transport::TlsContext::Load(config.Text("tls.certificate"), config.Text("tls.key"));
}

// What surrounds the sessions: proxies, other origins, files.
absl::Status SetHttpRules(const config::Config& config, transport::ListenOptions& options) {
  MOLVA_ASSIGN_OR_RETURN(options.unix_mode,
                         transport::ParseSocketMode(config.Text("listen.socket_mode")));
  MOLVA_ASSIGN_OR_RETURN(options.proxies,
                         transport::ProxyRules::Parse(config.List("http.proxies")));
  MOLVA_ASSIGN_OR_RETURN(options.cors,
                         transport::CorsRules::Parse(config.List("http.cors_origins")));
  const std::string folder = config.Text("http.static");
  if (folder.empty()) return absl::OkStatus();
  MOLVA_ASSIGN_OR_RETURN(std::shared_ptr<const transport::StaticFiles> files,
                         transport::StaticFiles::Load(folder, config.Bytes("http.static_size")));
  options.http.HandleRest([files = std::move(files)](const transport::HttpRequest& request) {
    return files->Answer(request);
  });
  return absl::OkStatus();
}

transport::FileDoor FileDoorOf(const Core& core, int shard) {
  FileStore* const files = core.files();
  if (files == nullptr) return {};
  return {&files->at(shard), &core.doorkeeper(shard), files->keeps_unused_for()};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Doors>> Doors::Open(const config::Config& config, Core& core,
                                                   const admin::HealthBoard& health,
                                                   admin::MetricsRegistry& metrics) {
  std::unique_ptr<Doors> doors(new Doors);
  if (!config.Text("listen.http").empty()) {
    MOLVA_RETURN_IF_ERROR(doors->OpenHttp(config, core, health, metrics));
  }
  if (!config.Text("listen.grpc").empty()) {
    MOLVA_RETURN_IF_ERROR(doors->OpenGrpc(config, core));
  }
  doors->Register(metrics);
  return doors;
}

absl::Status Doors::OpenHttp(const config::Config& config, Core& core,
                             const admin::HealthBoard& health,
                             const admin::MetricsRegistry& metrics) {
  transport::ListenOptions options;
  options.address = config.Text("listen.http");
  options.max_sessions = static_cast<std::uint32_t>(config.Integer("limits.sessions"));
  options.limits = TransportLimits(config);
  options.http = OperatorPages(health, metrics);
  if (const Federation* federation = core.federation(); federation != nullptr) {
    AddFederationPages(options.http, [federation] { return federation->DocumentText(); });
  }
  MOLVA_ASSIGN_OR_RETURN(ApiKeys keys, ApiKeys::FromConfig(config));
  MOLVA_RETURN_IF_ERROR(SetHttpRules(config, options));
  options.is_valid_api_key = [keys = std::move(keys)](std::string_view key) {
    return keys.IsGood(key);
  };
  if (HasTls(config)) {
    MOLVA_ASSIGN_OR_RETURN(options.tls, LoadTls(config));
  }
  std::vector<transport::Listener::Place> places;
  for (int i = 0; i < core.shards().size(); ++i) {
    places.push_back({&core.shard(i), &core.acceptor(i), FileDoorOf(core, i), core.hooks(i)});
  }
  MOLVA_ASSIGN_OR_RETURN(http_, transport::Listener::Open(std::move(options), std::move(places)));
  return absl::OkStatus();
}

absl::Status Doors::OpenGrpc(const config::Config& config, Core& core) {
  transport::GrpcOptions options;
  options.address = config.Text("listen.grpc");
  options.max_streams = static_cast<std::uint32_t>(config.Integer("limits.grpc_streams"));
  options.limits = TransportLimits(config);
  MOLVA_ASSIGN_OR_RETURN(options.unix_mode,
                         transport::ParseSocketMode(config.Text("listen.socket_mode")));
  if (HasTls(config)) options.tls = {config.Text("tls.certificate"), config.Text("tls.key")};
  std::vector<transport::GrpcListener::Place> places;
  for (int i = 0; i < core.shards().size(); ++i) {
    places.push_back({&core.shard(i), &core.acceptor(i), FileDoorOf(core, i)});
  }
  MOLVA_ASSIGN_OR_RETURN(grpc_, transport::GrpcListener::Open(std::move(options), places));
  return absl::OkStatus();
}

void Doors::Register(admin::MetricsRegistry& metrics) const {
  if (http_ != nullptr) {
    AddTrafficMetrics(metrics, "http", [this] { return http_->traffic(); });
  }
  if (grpc_ != nullptr) {
    AddTrafficMetrics(metrics, "grpc", [this] { return grpc_->traffic(); });
  }
}

void Doors::Start() {
  if (http_ != nullptr) http_->Start();
  if (grpc_ != nullptr) grpc_->Start();
}

void Doors::StopAccepting() {
  if (http_ != nullptr) http_->StopAccepting();
}

void Doors::Shutdown(absl::Duration grace) {
  if (http_ != nullptr) http_->Shutdown(grace);
  if (grpc_ != nullptr) grpc_->Shutdown(grace);
}

absl::Status Doors::ReloadTls(const config::Config& config) {
  if (http_ == nullptr || !HasTls(config)) return absl::OkStatus();
  MOLVA_ASSIGN_OR_RETURN(std::shared_ptr<const transport::TlsContext> tls, LoadTls(config));
  http_->ReplaceTls(std::move(tls));
  return absl::OkStatus();
}

}  // namespace molva::app
