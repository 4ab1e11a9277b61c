// Logins with plain passwords and readable tokens, for tests and the simulator.
#pragma once

#include "auth/authenticator.h"
#include "router/router.h"

namespace molva::test {

// Scheme "basic" keeps its records in the store like the real one, without the cost of hashing;
// tokens are "token:<user id>".
//
// Thread: the simulator's one. Borrows: `store` and `clock`.
class PlainAuthenticator final : public auth::Authenticator {
 public:
  PlainAuthenticator(store::Store& store, const base::Clock& clock)
      : store_(store), clock_(clock) {}

  void Authenticate(std::string scheme, std::string secret,
                    store::Done<auth::Identity> done) override;
  void PrepareNew(std::string scheme, std::string secret, store::Done<auth::NewAuth> done) override;
  void PrepareChange(std::string scheme, std::string secret, model::UserId user,
                     store::Done<Change> done) override;
  absl::StatusOr<auth::Token> IssueToken(const auth::Identity& identity) override;
  std::vector<std::string> ReservedTagNamespaces() const override { return {"basic"}; }

 private:
  store::Store& store_;
  const base::Clock& clock_;
};

}  // namespace molva::test
