// The way to one plugin: unary calls of bytes. Private to server/remote_plugin.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>
#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "remote_plugin/call_loop.h"
#include "remote_plugin/options.h"

namespace molva::remote_plugin {

// Thread:  the loop's.
// Borrows: the loop, which outlives it.
// Errors:  the codes of gRPC; kDeadlineExceeded after the timeout, kUnavailable if nobody is there.
class PluginChannel {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;
  // What happens if the plugin could not be reached lately: the call fails at once, or a new
  // connection is tried for it.
  enum class Unreachable { kFail, kDial };

  PluginChannel(CallLoop& loop, const PluginOptions& options, std::size_t max_answer_bytes);

  // `done` is called once, on this thread, never from inside the call.
  void Call(std::string_view method, const std::string& request, Unreachable unreachable,
            Done done);

 private:
  CallLoop& loop_;
  const std::string path_;  // of the service, with slashes around it
  const absl::Duration timeout_;
  const absl::AnyInvocable<std::shared_ptr<grpc::Channel>() const> dial_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace molva::remote_plugin
