#include "transport/grpc/grpc_listener.h"

#include <fmt/core.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/stat.h>

#include <chrono>
#include <future>
#include <utility>

#include "base/status_macros.h"
#include "transport/grpc/completion_loop.h"
#include "transport/grpc/grpc_door.h"
#include "transport/tls_context.h"
#include "transport/unix_socket.h"

namespace molva::transport {
namespace {

// What an encoded packet may be longer than its limit in bytes of payload: none; the decoder has
// the last word, so that a packet slightly too long gets an answer instead of a broken stream.
constexpr int kAnsweredExcessBytes = 64 * 1024;
constexpr unsigned kCertificateRefreshSeconds = 60;

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const std::optional<GrpcTlsFiles>& files) {
  if (!files.has_value()) return grpc::InsecureServerCredentials();
  // gRPC would only log that it cannot use the files, and go on.
  MOLVA_RETURN_IF_ERROR(TlsContext::Load(files->chain_file, files->key_file).status());
  auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      files->key_file, files->chain_file, kCertificateRefreshSeconds);
  grpc::experimental::TlsServerCredentialsOptions options(std::move(provider));
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  return grpc::experimental::TlsServerCredentials(options);
}

// Returns once `shard` has done what was posted to it before, or after `limit`.
void WaitForTurn(runtime::Shard& shard, absl::Duration limit) {
  auto done = std::make_shared<std::promise<void>>();
  const std::future<void> turn = done->get_future();
  shard.Post([done = std::move(done)] { done->set_value(); });
  turn.wait_for(absl::ToChronoMilliseconds(limit));
}

// gRPC makes the socket and listens at once, so the mode must hold from the start.
std::unique_ptr<grpc::Server> BuildWithMode(grpc::ServerBuilder& builder, mode_t unix_mode) {
  constexpr mode_t kAllBits = 0777;
  const mode_t former = ::umask(kAllBits & ~unix_mode);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  ::umask(former);
  return server;
}

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

void Configure(grpc::ServerBuilder& builder, const GrpcOptions& options) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.limits.max_message_bytes) +
                                   kAnsweredExcessBytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             static_cast<int>(options.max_streams_per_connection));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE,
                             static_cast<int>(options.max_metadata_bytes));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.ping_interval));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.ping_timeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             Milliseconds(options.min_client_ping_interval));
}

}  // namespace

struct GrpcListener::Parts {
  enum class State { kOpen, kStarted, kShut };

  GrpcSwitchboard switchboard;
  std::vector<std::unique_ptr<CompletionLoop>> loops;
  std::unique_ptr<grpc::Server> server;
  int port = 0;
  State state = State::kOpen;

  // Ends the server and its loops; afterwards the doors have been told all there is to tell.
  void EndWithin(absl::Duration grace) {
    server->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(grace));
    for (const auto& loop : loops) {
      if (state == State::kStarted) loop->Stop();
    }
    state = State::kShut;
  }
};

absl::StatusOr<std::unique_ptr<GrpcListener>> GrpcListener::Open(GrpcOptions options,
                                                                 const std::vector<Place>& places) {
  // gRPC would take the socket away from whoever listens on it.
  if (const auto path = UnixPath(options.address)) MOLVA_RETURN_IF_ERROR(ClearUnixPath(*path));
  auto parts = std::make_unique<Parts>();
  auto credentials = MakeCredentials(options.tls);
  if (!credentials.ok()) return credentials.status();
  parts->switchboard.max_streams = options.max_streams;
  for (const Place& place : places) {
    parts->switchboard.doors.push_back(
        std::make_shared<GrpcDoor>(*place.shard, *place.acceptor, place.files, options.limits));
  }
  grpc::ServerBuilder builder;
  Configure(builder, options);
  builder.AddListeningPort(options.address, *credentials, &parts->port);
  builder.RegisterAsyncGenericService(&parts->switchboard.service);
  for (int i = 0; i < options.threads; ++i) {
    parts->loops.push_back(
        std::make_unique<CompletionLoop>(builder.AddCompletionQueue(), parts->switchboard));
  }
  parts->server = BuildWithMode(builder, options.unix_mode);
  if (parts->server == nullptr || parts->port == 0) {
    return absl::UnavailableError(
        fmt::format("cannot listen on {} for gRPC: is the address taken?", options.address));
  }
  return std::unique_ptr<GrpcListener>(new GrpcListener(std::move(parts)));
}

GrpcListener::GrpcListener(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

GrpcListener::~GrpcListener() {
  if (parts_->state == Parts::State::kShut) return;
  if (parts_->state == Parts::State::kStarted) {
    for (const auto& loop : parts_->loops) loop->Abandon();
  }
  parts_->EndWithin(absl::ZeroDuration());
}

void GrpcListener::Start() {
  for (const auto& loop : parts_->loops) loop->Start();
  parts_->state = Parts::State::kStarted;
}

void GrpcListener::Shutdown(absl::Duration grace) {
  if (parts_->state != Parts::State::kStarted) return;
  for (const auto& door : parts_->switchboard.doors) door->RequestCloseAll();
  parts_->EndWithin(grace);
  for (const auto& door : parts_->switchboard.doors) WaitForTurn(door->shard(), grace);
}

std::uint16_t GrpcListener::port() const {
  // gRPC reports 1 for a Unix socket.
  return parts_->port > 1 ? static_cast<std::uint16_t>(parts_->port) : std::uint16_t{0};
}

Traffic GrpcListener::traffic() const {
  Traffic sum;
  for (const auto& door : parts_->switchboard.doors) {
    const Traffic one = door->traffic();
    sum.connections_accepted += one.connections_accepted;
    sum.connections_live += one.connections_live;
    sum.sessions_opened += one.sessions_opened;
    sum.sessions_live += one.sessions_live;
    sum.messages_in += one.messages_in;
    sum.frames_out += one.frames_out;
    sum.bytes_in += one.bytes_in;
    sum.bytes_out += one.bytes_out;
    sum.frames_dropped += one.frames_dropped;
    sum.overflows += one.overflows;
    sum.queued_bytes += one.queued_bytes;
  }
  return sum;
}

}  // namespace molva::transport
