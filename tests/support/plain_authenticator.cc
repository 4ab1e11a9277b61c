#include "tests/support/plain_authenticator.h"

#include "model/fault.h"

namespace molva::test {

using model::Fail;
using model::Fault;

namespace {

struct LoginAndPassword {
  std::string login;
  std::string password;
};

absl::StatusOr<LoginAndPassword> Split(const std::string& secret) {
  const std::size_t colon = secret.find(':');
  if (colon == std::string::npos) return Fail(Fault::kMalformed, "no colon");
  LoginAndPassword parts{secret.substr(0, colon), secret.substr(colon + 1)};
  if (parts.login.empty() || parts.password.empty()) {
    return Fail(Fault::kPolicyViolation, "too short");
  }
  return parts;
}

}  // namespace

void PlainAuthenticator::Authenticate(std::string scheme, std::string secret,
                                      store::Done<auth::Identity> done) {
  if (scheme == "token" && secret.starts_with("token:")) {
    const absl::StatusOr<model::UserId> user = model::UserId::Parse(secret.substr(6));
    if (!user.ok()) return done(Fail(Fault::kAuthenticationFailed, "not a token"));
    return done(auth::Identity{*user, model::AuthLevel::kAuth});
  }
  if (scheme != "basic") return done(Fail(Fault::kUnknownScheme, "no such scheme"));
  const absl::StatusOr<LoginAndPassword> parts = Split(secret);
  if (!parts.ok()) return done(parts.status());
  store_.FindAuth("basic", parts->login,
                  [password = parts->password, done = std::move(done)](
                      absl::StatusOr<std::optional<store::AuthRecord>> found) mutable {
                    if (!found.ok()) return done(found.status());
                    if (!found->has_value() || (*found)->secret != password) {
                      return done(Fail(Fault::kAuthenticationFailed, "wrong password"));
                    }
                    done(auth::Identity{(*found)->user, (*found)->level});
                  });
}

void PlainAuthenticator::PrepareNew(std::string scheme, std::string secret,
                                    store::Done<auth::NewAuth> done) {
  if (scheme != "basic") return done(Fail(Fault::kUnknownScheme, "no such scheme"));
  const absl::StatusOr<LoginAndPassword> parts = Split(secret);
  if (!parts.ok()) return done(parts.status());
  auth::NewAuth fresh;
  fresh.record.scheme = "basic";
  fresh.record.unique = parts->login;
  fresh.record.secret = parts->password;
  fresh.record.level = fresh.level = model::AuthLevel::kAuth;
  fresh.tags = {"basic:" + parts->login};
  done(std::move(fresh));
}

void PlainAuthenticator::PrepareChange(std::string scheme, std::string secret, model::UserId user,
                                       store::Done<Change> done) {
  if (scheme != "basic") return done(Fail(Fault::kMalformed, "no such scheme"));
  store_.FindAuthOfUser("basic", user,
                        [secret, done = std::move(done)](
                            absl::StatusOr<std::optional<store::AuthRecord>> found) mutable {
                          if (!found.ok()) return done(found.status());
                          if (!found->has_value()) return done(Fail(Fault::kNotFound, "none"));
                          store::AuthRecord record = **found;
                          record.secret = secret.substr(secret.find(':') + 1);
                          Change change;
                          change.batch = {store::PutAuth{record, store::Expect::kPresent}};
                          done(std::move(change));
                        });
}

absl::StatusOr<auth::Token> PlainAuthenticator::IssueToken(const auth::Identity& identity) {
  return auth::Token{"token:" + identity.user.ToString(), clock_.Now() + absl::Hours(24 * 14)};
}

}  // namespace molva::test
