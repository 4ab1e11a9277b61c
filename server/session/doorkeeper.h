// Who asks outside of a session: for files.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "model/user_id.h"

namespace molva::session {

// What a request shows of who sends it.
struct Claim {
  std::string scheme;
  std::string secret;   // decoded
  std::string address;  // of the client
};

// Admits those whom login would admit too. AccountDoorkeeper is the implementation.
//
// Thread: the shard's; `done` comes in a later turn.
// Source: docs/protocol transports §2.
class Doorkeeper {
 public:
  using Known = absl::AnyInvocable<void(absl::StatusOr<model::UserId>)>;

  virtual ~Doorkeeper() = default;
  // Errors: carry a Fault: kMalformed (no such scheme), kAuthenticationFailed, kPermissionDenied
  //         (suspended), kValidateCredentials (a contact is not confirmed), kPolicyViolation (too
  //         many attempts have failed).
  virtual void Identify(Claim claim, Known done) const = 0;
  // Who is charged for what comes from there: the user, or the network of somebody unknown.
  virtual std::string OwnerOf(model::UserId user, std::string_view address) const = 0;
};

}  // namespace molva::session
