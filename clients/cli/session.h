// A conversation with a server: requests and their answers, and what comes in between.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <molva/v1/replies.pb.h>
#include <molva/v1/requests.pb.h>

#include <cstdint>
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
//         (403), kResourceExhausted (429), kUnimplemented (501), kUnavailable (other 5xx), else
//         kFailedPrecondition; kDeadlineExceeded without an answer.
class Session {
 public:
  // Connects and says hi.
  static absl::StatusOr<Session> Open(const std::string& address, const ConnectOptions& options);

  absl::StatusOr<Identity> LogIn(std::string_view scheme, std::string_view secret,
                                 const std::vector<molva::v1::ClientCred>& answers);
  absl::StatusOr<Identity> Register(molva::v1::ClientAcc request);

  // Sends `message` under a new id and waits for its ctrl. Codes of 300 and more are errors, but
  // for "nothing to do" (304). What is asked too often is asked again after a while, here and in
  // what follows.
  absl::StatusOr<molva::v1::ServerCtrl> Call(molva::v1::ClientMsg message);
  // What to report of an attached topic, one word of get.what; nullopt if there is nothing.
  absl::StatusOr<std::optional<molva::v1::ServerMeta>> Fetch(const std::string& topic,
                                                             const std::string& what);
  // What answers `query` about a topic: the packets for which `belongs` is true, and behind them
  // the ctrl or the one meta that has its id. The others wait as ever.
  absl::StatusOr<std::vector<molva::v1::ServerMsg>> Ask(
      const std::string& topic, const molva::v1::GetQuery& query,
      absl::FunctionRef<bool(const molva::v1::ServerMsg&)> belongs);
  // Messages of an attached topic, in their order.
  absl::StatusOr<std::vector<molva::v1::ServerData>> FetchData(const std::string& topic,
                                                               const molva::v1::GetOpts& options);

  // Whether the server does something that the protocol of stock clients has no word for.
  // Source: docs/protocol beyond §1.
  bool Can(std::string_view capability) const;
  // Errors: kUnimplemented if it does not; `what` is what is missing, as "reactions".
  absl::Status Require(std::string_view capability, std::string_view what) const;
  // A number that the server gave in its answer to hi; nullopt if it gave none.
  std::optional<std::int64_t> Limit(const std::string& name) const;

  absl::StatusOr<molva::v1::ServerCtrl> Attach(const std::string& topic);
  absl::Status Detach(const std::string& topic);
  // Sends without waiting for anything.
  absl::Status Tell(const molva::v1::ClientMsg& message) { return connection_->Send(message); }

  // The next packet that answers nothing; nullopt if none came within `timeout`.
  // Errors: kUnauthenticated if the login was ended elsewhere.
  absl::StatusOr<std::optional<molva::v1::ServerMsg>> Next(absl::Duration timeout);
  int poll_fd() const { return connection_->poll_fd(); }

 private:
  explicit Session(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
  std::string NextId() { return std::to_string(++last_id_); }
  absl::StatusOr<molva::v1::ServerCtrl> CallOnce(molva::v1::ClientMsg message);
  absl::StatusOr<std::vector<molva::v1::ServerMsg>> AskOnce(
      const std::string& topic, const molva::v1::GetQuery& query,
      absl::FunctionRef<bool(const molva::v1::ServerMsg&)> belongs);
  // The next packet from the server itself, at the latest when a request must be answered.
  absl::StatusOr<molva::v1::ServerMsg> Await(absl::Time deadline);
  absl::StatusOr<molva::v1::ServerCtrl> AwaitCtrl(const std::string& id);

  std::unique_ptr<Connection> connection_;
  molva::v1::ServerCtrl greeting_;  // the answer to hi
  std::deque<molva::v1::ServerMsg> waiting_;
  int last_id_ = 0;
};

// The refusal that `ctrl` is.
absl::Status Refusal(const molva::v1::ServerCtrl& ctrl);
// The text of a text parameter; "" if there is none.
std::string ParamText(const molva::v1::ServerCtrl& ctrl, const std::string& name);

}  // namespace molva::cli
