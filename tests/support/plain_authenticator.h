// Logins with plain passwords and readable tokens, for tests and the simulator.
#pragma once

#include "auth/authenticator.h"
#include "router/router.h"

namespace molva::test {

// Scheme "basic" keeps its records in the store like the real one, without the cost of hashing;
// tokens are
// "token:<user id>", then what is special about them: level, may not log in, validated, end,
// login.
//
// Thread: the simulator's one. Borrows: `store` and `clock`.
class PlainAuthenticator final : public auth::Authenticator {
 public:
  PlainAuthenticator(store::Store& store, const base::Clock& clock)
      : store_(store), clock_(clock) {}

  void Authenticate(std::string scheme, std::string secret, std::string address,
                    store::Done<auth::Identity> done) override;
  void PrepareNew(std::string scheme, std::string secret, store::Done<auth::NewAuth> done) override;
  void Enrol(std::string /*scheme*/, std::string /*secret*/, model::UserId /*user*/,
             store::Done<std::vector<std::string>> done) override {
    done(std::vector<std::string>());
  }
  void PrepareChange(std::string scheme, std::string secret, model::UserId user,
                     store::Done<Change> done) override;
  void FindRecords(model::UserId user, store::Done<std::vector<store::AuthRecord>> done) override;
  void PrepareEnd(model::UserId user, store::Done<std::vector<store::AuthRecord>> done) override {
    FindRecords(user, std::move(done));
  }
  void IssueToken(const auth::Identity& identity, store::Done<auth::Token> done) override;
  std::optional<std::string> RecordScheme(std::string_view name) const override {
    return name == "basic" ? std::optional<std::string>(name) : std::nullopt;
  }
  std::vector<std::string> ReservedTagNamespaces() const override { return {"basic"}; }

 private:
  store::Store& store_;
  const base::Clock& clock_;
};

}  // namespace molva::test
