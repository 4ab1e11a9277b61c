// The way to a server that speaks gRPC.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <memory>
#include <string>

namespace grpc {
class Channel;
}

namespace molva::cli {

// `address`: "host:port", "grpc://host:port" or, over TLS, "grpcs://host:port". It is open when it
// is returned. Errors: kUnavailable if nobody answers in time.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenGrpcChannel(const std::string& address,
                                                               absl::Duration timeout);

}  // namespace molva::cli
