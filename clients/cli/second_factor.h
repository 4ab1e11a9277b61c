// The second factor: codes that an authenticator shows, beside the password.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <molva/v1/replies.pb.h>

#include <optional>
#include <string>

#include "clients/cli/command.h"
#include "clients/cli/session.h"

namespace molva::cli {

// What a server answers a password with that is not enough.
struct Challenge {
  std::string scheme;
  std::string ticket;       // bytes; the answer carries them
  bool must_begin = false;  // the server wants an authenticator, and there is none yet
};
std::optional<Challenge> ChallengeOf(const absl::Status& status);
// Makes the refusal that `ctrl` is one that ChallengeOf knows, if it is a challenge.
void AddChallenge(const molva::v1::ServerCtrl& ctrl, absl::Status& status);

// Asks for a code and logs in with it. `code`: what the user gave already, or empty.
absl::StatusOr<Identity> AnswerChallenge(Session& session, const Challenge& challenge,
                                         std::string code);
// Makes a secret, shows it for the authenticator, and asks for the first code; then shows the
// recovery codes. `challenge`: of who may not log in before; nullopt for who is logged in.
absl::Status BeginSecondFactor(Context& context, Session& session, const std::string& login,
                               const std::optional<Challenge>& challenge);
// Asks for a code and ends it.
absl::Status EndSecondFactor(Context& context, Session& session);

}  // namespace molva::cli
