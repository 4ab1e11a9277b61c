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

namespace molva::app {
namespace {

bool HasTls(const config::Config& config) { return !config.Text("tls.certificate").empty(); }

absl::StatusOr<std::shared_ptr<const transport::TlsContext>> LoadTls(const config::Config& config) {
  return transport::TlsContext::Load(config.Text("tls.certificate"), config.Text("tls.key"));
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
  options.is_valid_api_key = [keys = std::move(keys)](std::string_view key) {
    return keys.IsGood(key);
  };
  if (HasTls(config)) {
    MOLVA_ASSIGN_OR_RETURN(options.tls, LoadTls(config));
  }
  std::vector<transport::Listener::Place> places;
  for (int i = 0; i < core.shards().size(); ++i) {
    places.push_back({&core.shard(i), &core.acceptor(i)});
  }
  MOLVA_ASSIGN_OR_RETURN(http_, transport::Listener::Open(std::move(options), std::move(places)));
  return absl::OkStatus();
}

absl::Status Doors::OpenGrpc(const config::Config& config, Core& core) {
  transport::GrpcOptions options;
  options.address = config.Text("listen.grpc");
  options.max_streams = static_cast<std::uint32_t>(config.Integer("limits.grpc_streams"));
  options.limits = TransportLimits(config);
  if (HasTls(config)) options.tls = {config.Text("tls.certificate"), config.Text("tls.key")};
  std::vector<session::ConnectionAcceptor*> acceptors;
  for (int i = 0; i < core.shards().size(); ++i) acceptors.push_back(&core.acceptor(i));
  MOLVA_ASSIGN_OR_RETURN(grpc_, transport::GrpcListener::Open(std::move(options), core.shards(),
                                                              std::move(acceptors)));
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
