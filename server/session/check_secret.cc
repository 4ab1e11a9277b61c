#include "session/check_secret.h"

#include <utility>

#include "base/strings.h"

namespace molva::session {

void CheckSecret(const SessionEnv& env, const std::string& scheme, std::string secret,
                 std::string address, store::Done<auth::Identity> done) {
  std::string name = base::AsciiLower(scheme);
  if (name == "code") return env.reset_codes.Redeem(secret, std::move(address), std::move(done));
  env.authenticator.Authenticate(std::move(name), std::move(secret), std::move(address),
                                 std::move(done));
}

}  // namespace molva::session
