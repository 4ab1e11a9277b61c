#include "federation/link/grpc_dialer.h"

#include <fmt/core.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/strings.h"
#include "federation/link/link_arguments.h"
#include "federation/link/outgoing_call.h"
#include "federation/link/pipe_end.h"

namespace molva::federation {
namespace {

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
  return arguments;
}

}  // namespace

// What the loop's thread owns.
struct GrpcDialer::Parts {
  std::shared_ptr<CompletionLoop> loop;
  LinkCertificate certificate;
};

namespace {

// The endpoints of one Dial, tried one after the other.
//
// Thread: the loop's.
class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  struct Task {
    runtime::Shard& shard;
    std::vector<std::string> endpoints;
    std::vector<PublicKey> keys;
    PipeHandler& handler;
    Dialer::Dialled done;
  };

  Attempt(std::shared_ptr<CompletionLoop> loop, LinkCertificate certificate, Task task)
      : loop_(std::move(loop)), certificate_(std::move(certificate)), task_(std::move(task)) {}

  void TryNext() {
    if (next_ == task_.endpoints.size() || loop_->stopping()) return Answer(failure_);
    const std::string endpoint = task_.endpoints[next_++];
    const auto verdict = std::make_shared<KeyVerdict>();
    std::shared_ptr<grpc::Channel> channel = grpc::CreateCustomChannel(
        endpoint, DiallingCredentials(certificate_, task_.keys, verdict), ArgumentsForDial());
    auto call = std::make_unique<OutgoingCall>(
        *loop_, std::move(channel), verdict,
        [self = shared_from_this(), endpoint](absl::StatusOr<PublicKey> key) {
          self->OnOpened(endpoint, std::move(key));
        });
    OutgoingCall& started = *call;
    stream_ = loop_->Add(std::move(call));
    started.set_id(stream_);
    started.Start(GrpcDialer::kDialTimeout);
  }

 private:
  void OnOpened(const std::string& endpoint, absl::StatusOr<PublicKey> key) {
    if (!key.ok()) {
      base::LogDebug(
          "an endpoint cannot be reached",
          {{"endpoint", endpoint}, {"error", std::string(base::ToStd(key.status().message()))}});
      // That somebody answers with another key is worth more than that another is silent.
      if (!absl::IsUnauthenticated(failure_)) {
        failure_ =
            absl::Status(key.status().code(),
                         fmt::format("{}: {}", endpoint, base::ToStd(key.status().message())));
      }
      return TryNext();
    }
    auto end = std::make_shared<PipeEnd>(task_.shard, task_.handler, loop_, stream_);
    task_.shard.Post([end = std::move(end), key = *key, done = std::move(task_.done)]() mutable {
      end->Attach();
      done(std::make_unique<GrpcPipe>(std::move(end), key));
    });
  }

  void Answer(absl::Status failure) {
    task_.shard.Post([done = std::move(task_.done), failure = std::move(failure)]() mutable {
      done(std::move(failure));
    });
  }

  const std::shared_ptr<CompletionLoop> loop_;
  const LinkCertificate certificate_;
  Task task_;
  std::size_t next_ = 0;
  StreamId stream_ = 0;
  absl::Status failure_ = absl::UnavailableError("the server has no endpoint");
};

}  // namespace

GrpcDialer::GrpcDialer(const ServerKey& key) : parts_(std::make_shared<Parts>()) {
  parts_->loop = std::make_shared<CompletionLoop>(std::make_unique<grpc::CompletionQueue>());
  parts_->certificate = MakeLinkCertificate(key);
  parts_->loop->Start();
}

GrpcDialer::~GrpcDialer() { parts_->loop->Stop(); }

void GrpcDialer::Dial(runtime::Shard& shard, std::vector<std::string> endpoints,
                      std::vector<PublicKey> keys, PipeHandler& handler, Dialled done) {
  if (endpoints.size() > kMaxEndpoints) endpoints.resize(kMaxEndpoints);
  Attempt::Task task{shard, std::move(endpoints), std::move(keys), handler, std::move(done)};
  parts_->loop->Post([parts = parts_, task = std::move(task)]() mutable {
    std::make_shared<Attempt>(parts->loop, parts->certificate, std::move(task))->TryNext();
  });
}

void GrpcDialer::SetKey(const ServerKey& key) {
  parts_->loop->Post([parts = parts_, fresh = MakeLinkCertificate(key)]() mutable {
    parts->certificate = std::move(fresh);
  });
}

}  // namespace molva::federation
