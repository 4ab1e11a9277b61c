// What the admin socket answers.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "app/federation.h"
#include "backup/archive_stream.h"
#include "session/account_desk.h"

namespace molva::app {

// What the operator's calls reach.
struct AdminReach {
  Federation* federation = nullptr;  // nullptr: the node does not federate
  std::function<void(session::AccountAction, const std::string& login, session::AccountDone)>
      accounts;
  // Writes an archive of the node; any thread, one at a time.
  std::function<absl::Status(backup::ByteSink& sink)> backup;
};

// An implementation of molva.admin.v1.Admin. Calls block until the answer is there, for a few
// seconds at most, but for a backup; any thread.
//
// Borrows: what `reach` leads to.
std::unique_ptr<grpc::Service> MakeAdminService(AdminReach reach);

}  // namespace molva::app
