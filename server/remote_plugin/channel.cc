#include "remote_plugin/channel.h"

#include <fmt/core.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>

#include <chrono>
#include <utility>
#include <vector>

#include "base/strings.h"

namespace molva::remote_plugin {
namespace {

constexpr int kFirstDialMs = 100;
constexpr int kLongestDialMs = 2'000;

grpc::ChannelArguments ArgumentsFor(std::size_t max_answer_bytes) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(max_answer_bytes));
  arguments.SetMaxSendMessageSize(-1);  // requests were bounded when they came in
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstDialMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kLongestDialMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestDialMs);
  return arguments;
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsFor(const std::optional<TlsText>& tls) {
  if (!tls.has_value()) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({tls->authorities, tls->key, tls->certificate});
}

std::string TextOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Dump(&slices).ok()) return text;
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

// One call under way.
class UnaryCall final : public Completion {
 public:
  explicit UnaryCall(PluginChannel::Done done) : done_(std::move(done)) {}

  grpc::ClientContext& context() { return context_; }
  void Begin(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
             const std::string& request, grpc::CompletionQueue& queue) {
    grpc::Slice slice(request);
    reader_ = grpc::GenericStub(channel).PrepareUnaryCall(&context_, method,
                                                          grpc::ByteBuffer(&slice, 1), &queue);
    reader_->StartCall();
    reader_->Finish(&answer_, &status_, static_cast<Completion*>(this));
  }

  void Run(bool) override {
    if (status_.ok()) return done_(TextOf(answer_));
    done_(absl::Status(static_cast<absl::StatusCode>(status_.error_code()),
                       base::ToAbsl(status_.error_message())));
  }
  void Cancel() override { context_.TryCancel(); }

 private:
  PluginChannel::Done done_;
  grpc::ClientContext context_;
  grpc::ByteBuffer answer_;
  grpc::Status status_;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader_;
};

}  // namespace

PluginChannel::PluginChannel(CallLoop& loop, const PluginOptions& options,
                             std::size_t max_answer_bytes)
    : loop_(loop),
      path_(fmt::format("/{}/", options.service)),
      timeout_(options.timeout),
      dial_([target = options.target, credentials = CredentialsFor(options.tls),
             arguments = ArgumentsFor(max_answer_bytes)] {
        return grpc::CreateCustomChannel(target, credentials, arguments);
      }),
      channel_(dial_()) {}

void PluginChannel::Call(std::string_view method, const std::string& request,
                         Unreachable unreachable, Done done) {
  // A channel that has failed would let no call wait for its next attempt; a fresh one does.
  if (unreachable == Unreachable::kDial && channel_->GetState(false) != GRPC_CHANNEL_READY) {
    channel_ = dial_();
  }
  auto call = std::make_unique<UnaryCall>(std::move(done));
  UnaryCall& begun = *call;
  begun.context().set_deadline(std::chrono::system_clock::now() +
                               absl::ToChronoMicroseconds(timeout_));
  loop_.Add(std::move(call));
  begun.Begin(channel_, path_ + std::string(method), request, loop_.queue());
}

}  // namespace molva::remote_plugin
