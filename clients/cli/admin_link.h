// The way to the operator's side of a node on this machine.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/client_context.h>
#include <molva/admin/v1/admin.grpc.pb.h>

#include <memory>
#include <string>

#include "clients/cli/arguments.h"

namespace molva::cli {

// Where the node's socket is: --socket, else in --data, else in $MOLVA_NODE_DATA, else where the
// service keeps its data.
std::string AdminSocketPath(const Arguments& arguments);

// Calls over the socket. Each waits half a minute at most.
//
// Errors: kUnavailable if no node answers at the path, with the path; those of the node otherwise.
class AdminLink {
 public:
  explicit AdminLink(std::string path);

  // Calls `method` of the service, as &Stub::ListPeers.
  template <typename Reply, typename Request>
  absl::StatusOr<Reply> Call(grpc::Status (molva::admin::v1::Admin::Stub::*method)(
                                 grpc::ClientContext*, const Request&, Reply*),
                             const Request& request) {
    grpc::ClientContext context;
    Prepare(context);
    Reply reply;
    const grpc::Status status = (stub_.get()->*method)(&context, request, &reply);
    if (!status.ok()) return Explain(status);
    return reply;
  }

 private:
  static void Prepare(grpc::ClientContext& context);
  absl::Status Explain(const grpc::Status& status) const;

  const std::string path_;
  const std::unique_ptr<molva::admin::v1::Admin::Stub> stub_;
};

}  // namespace molva::cli
