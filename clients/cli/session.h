// A conversation with a server: requests and their answers, and what comes in between.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <molva/v1/replies.pb.h>
#include <molva/v1/requests.pb.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/connection.h"

namespace molva::cli {

// What a login told: who one is, and how to come back without a password.
struct Identity {
  std::string user;     // "usr…"
  std::string token;    // base64
  std::string expires;  // RFC 3339
};

// Wraps a connection. Packets that answer no request wait until Next().
//
// Errors: of the server by their code: kUnauthenticated (401), kNotFound (404), kPermissionDenied
//         (403), kUnavailable (5xx), else kFailedPrecondition; kDeadlineExceeded without an answer.
class Session {
 public:
  // Connects and says hi.
  static absl::StatusOr<Session> Open(const std::string& address, const ConnectOptions& options);

  absl::StatusOr<Identity> LogIn(std::string_view scheme, std::string_view secret,
                                 const std::vector<molva::v1::ClientCred>& answers);
  absl::StatusOr<Identity> Register(molva::v1::ClientAcc request);

  // Sends `message` under a new id and waits for its ctrl. Codes of 300 and more are errors, but
  // for "nothing to do" (304).
  absl::StatusOr<molva::v1::ServerCtrl> Call(molva::v1::ClientMsg message);
  // What to report of an attached topic, one word of get.what; nullopt if there is nothing.
  absl::StatusOr<std::optional<molva::v1::ServerMeta>> Fetch(const std::string& topic,
                                                             const std::string& what);
  // Messages of an attached topic, in their order.
  absl::StatusOr<std::vector<molva::v1::ServerData>> FetchData(const std::string& topic,
                                                               const molva::v1::GetOpts& options);

  absl::StatusOr<molva::v1::ServerCtrl> Attach(const std::string& topic);
  absl::Status Detach(const std::string& topic);
  // Sends without waiting for anything.
  absl::Status Tell(const molva::v1::ClientMsg& message) { return connection_->Send(message); }

  // The next packet that answers nothing; nullopt if none came within `timeout`.
  absl::StatusOr<std::optional<molva::v1::ServerMsg>> Next(absl::Duration timeout);
  int poll_fd() const { return connection_->poll_fd(); }

 private:
  explicit Session(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
  std::string NextId() { return std::to_string(++last_id_); }
  // The next packet from the server itself, at the latest when a request must be answered.
  absl::StatusOr<molva::v1::ServerMsg> Await(absl::Time deadline);
  absl::StatusOr<molva::v1::ServerCtrl> AwaitCtrl(const std::string& id);

  std::unique_ptr<Connection> connection_;
  std::deque<molva::v1::ServerMsg> waiting_;
  int last_id_ = 0;
};

// The text of a text parameter; "" if there is none.
std::string ParamText(const molva::v1::ServerCtrl& ctrl, const std::string& name);

}  // namespace molva::cli
