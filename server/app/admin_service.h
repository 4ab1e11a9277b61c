// What the admin socket answers.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "app/federation.h"

namespace molva::app {

// An implementation of molva.admin.v1.Admin. Calls block until the answer is there, for a few
// seconds at most; any thread.
//
// Borrows: federation. nullptr: the node does not federate, and every call says so.
std::unique_ptr<grpc::Service> MakeAdminService(Federation* federation);

}  // namespace molva::app
