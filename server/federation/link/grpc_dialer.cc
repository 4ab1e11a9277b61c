#include "federation/link/grpc_dialer.h"

#include <fmt/core.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/strings.h"
#include "federation/link/link_arguments.h"
#include "federation/link/outgoing_call.h"
#include "federation/link/pipe_end.h"
#include "federation/link/resolve_target.h"

namespace molva::federation {
namespace {

constexpr std::size_t kLinkMemoryBytes = 16 << 20;

grpc::ChannelArguments ArgumentsForDial() {
  grpc::ChannelArguments arguments;
  ForEachLinkArgument([&](const char* name, int value) { arguments.SetInt(name, value); });
  arguments.SetMaxReceiveMessageSize(kMaxReceivedBytes);
  arguments.SetMaxSendMessageSize(kMaxReceivedBytes);
  // One connection attempt per channel, shared with nobody, retried by nobody but the actor.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetString(GRPC_SSL_TARGET_NAME_OVERRIDE_ARG, kTlsName);
  // A message whose length gRPC does not like is read to its end first: not into our memory.
  arguments.SetResourceQuota(grpc::ResourceQuota("one link").Resize(kLinkMemoryBytes));
  return arguments;
}

}  // namespace

// What all attempts share. The certificate is the loop's thread's alone.
struct GrpcDialer::Parts {
  std::shared_ptr<CompletionLoop> loop;
  runtime::WorkPool& pool;
  const AddressRule addresses;
  LinkCertificate certificate;
};

// The endpoints of one Dial, tried one after the other.
//
// Thread: the loop's.
class GrpcDialer::Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  struct Task {
    runtime::Shard& shard;
    std::vector<std::string> endpoints;
    std::vector<PublicKey> keys;
    PipeHandler& handler;
    Dialer::Dialled done;
  };

  Attempt(std::shared_ptr<Parts> parts, Task task)
      : parts_(std::move(parts)), task_(std::move(task)) {}

  void TryNext();

 private:
  void OnResolved(absl::StatusOr<std::string> target);
  void OnOpened(absl::StatusOr<PublicKey> key);
  void OnFailure(const absl::Status& why);

  const std::shared_ptr<Parts> parts_;
  Task task_;
  std::size_t next_ = 0;
  std::string endpoint_;  // that is being tried
  StreamId stream_ = 0;
  absl::Status failure_ = absl::UnavailableError("the server has no endpoint");
};

void GrpcDialer::Attempt::TryNext() {
  if (next_ == task_.endpoints.size() || parts_->loop->stopping()) {
    return task_.shard.Post(
        [done = std::move(task_.done), failure = failure_]() mutable { done(std::move(failure)); });
  }
  endpoint_ = task_.endpoints[next_++];
  const bool taken = parts_->pool.Submit([self = shared_from_this(), endpoint = endpoint_] {
    self->parts_->loop->Post(
        [self, target = ResolveTarget(endpoint, self->parts_->addresses)]() mutable {
          self->OnResolved(std::move(target));
        });
  });
  if (!taken) OnFailure(absl::UnavailableError("too many names are being resolved"));
}

void GrpcDialer::Attempt::OnResolved(absl::StatusOr<std::string> target) {
  if (!target.ok()) return OnFailure(target.status());
  const auto verdict = std::make_shared<KeyVerdict>();
  std::shared_ptr<grpc::Channel> channel = grpc::CreateCustomChannel(
      *target, DiallingCredentials(parts_->certificate, task_.keys, verdict), ArgumentsForDial());
  auto call =
      std::make_unique<OutgoingCall>(*parts_->loop, std::move(channel), verdict,
                                     [self = shared_from_this()](absl::StatusOr<PublicKey> key) {
                                       self->OnOpened(std::move(key));
                                     });
  OutgoingCall& started = *call;
  stream_ = parts_->loop->Add(std::move(call));
  started.set_id(stream_);
  started.Start(kDialTimeout);
}

void GrpcDialer::Attempt::OnOpened(absl::StatusOr<PublicKey> key) {
  if (!key.ok()) return OnFailure(key.status());
  auto end = std::make_shared<PipeEnd>(task_.shard, task_.handler, parts_->loop, stream_);
  task_.shard.Post([end = std::move(end), key = *key, done = std::move(task_.done)]() mutable {
    end->Attach();
    done(std::make_unique<GrpcPipe>(std::move(end), key));
  });
}

void GrpcDialer::Attempt::OnFailure(const absl::Status& why) {
  const std::string detail = fmt::format("{}: {}", endpoint_, base::ToStd(why.message()));
  base::LogDebug("an endpoint cannot be reached", {{"endpoint", detail}});
  // That somebody answers with another key is worth more than that another is silent.
  if (absl::IsUnauthenticated(why)) {
    failure_ = absl::UnauthenticatedError(detail);
  } else if (!absl::IsUnauthenticated(failure_)) {
    failure_ = absl::UnavailableError(detail);
  }
  TryNext();
}

GrpcDialer::GrpcDialer(const ServerKey& key, runtime::WorkPool& pool, AddressRule addresses)
    : parts_(new Parts{std::make_shared<CompletionLoop>(std::make_unique<grpc::CompletionQueue>()),
                       pool, addresses, MakeLinkCertificate(key)}) {
  parts_->loop->Start();
}

GrpcDialer::~GrpcDialer() { parts_->loop->Stop(); }

void GrpcDialer::Dial(runtime::Shard& shard, std::vector<std::string> endpoints,
                      std::vector<PublicKey> keys, PipeHandler& handler, Dialled done) {
  if (endpoints.size() > kMaxEndpoints) endpoints.resize(kMaxEndpoints);
  auto attempt = std::make_shared<Attempt>(
      parts_,
      Attempt::Task{shard, std::move(endpoints), std::move(keys), handler, std::move(done)});
  parts_->loop->Post([attempt = std::move(attempt)] { attempt->TryNext(); });
}

void GrpcDialer::SetKey(const ServerKey& key) {
  parts_->loop->Post([parts = parts_, fresh = MakeLinkCertificate(key)]() mutable {
    parts->certificate = std::move(fresh);
  });
}

}  // namespace molva::federation
