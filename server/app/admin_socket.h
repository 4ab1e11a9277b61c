// The operator's way into a running node: a Unix socket in the data directory.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "app/admin_service.h"

namespace molva::app {

// The name of the socket in the data directory.
inline constexpr char kAdminSocket[] = "admin.sock";

// Serves molva.admin.v1.Admin to whoever may open the socket: mode 600, in a directory of mode 700.
//
// Thread:  the owner's; requests are served on a few threads of its own and wait there.
// Borrows: what `reach` leads to, whose shards run as long as this lives.
class AdminSocket {
 public:
  // Errors: kInvalidArgument if the path is too long for a socket; kUnavailable if it cannot be
  //         had.
  static absl::StatusOr<std::unique_ptr<AdminSocket>> Open(const std::string& path,
                                                           AdminReach reach);
  // Ends the requests that are under way, then removes the socket.
  ~AdminSocket();
  AdminSocket(const AdminSocket&) = delete;
  AdminSocket& operator=(const AdminSocket&) = delete;

 private:
  struct Parts;
  explicit AdminSocket(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace molva::app
