#include "tests/support/plain_authenticator.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <fmt/core.h>

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

// A bare "token:<user id>" is good for ever.
absl::StatusOr<auth::Identity> ReadToken(const std::string& secret, absl::Time now) {
  const std::vector<std::string> parts = absl::StrSplit(secret, ':');
  const absl::StatusOr<model::UserId> user =
      model::UserId::Parse(parts.size() > 1 ? parts[1] : std::string());
  if (!user.ok()) return Fail(Fault::kAuthenticationFailed, "not a token");
  auth::Identity identity{*user, model::AuthLevel::kAuth};
  if (parts.size() < 6) return identity;
  std::int64_t until = 0;
  if (!absl::SimpleAtoi(parts[5], &until) || absl::FromUnixMillis(until) <= now) {
    return Fail(Fault::kAuthenticationFailed, "the token has expired");
  }
  identity.level = model::ParseAuthLevel(parts[2]);
  identity.may_log_in = parts[3].empty();
  identity.validated = !parts[4].empty();
  identity.expires = absl::FromUnixMillis(until);
  if (parts.size() > 6) identity.login = std::stoull(parts[6]);
  return identity;
}

}  // namespace

void PlainAuthenticator::Authenticate(std::string scheme, std::string secret,
                                      std::string /*address*/, store::Done<auth::Identity> done) {
  if (scheme == "token" && secret.starts_with("token:")) {
    return done(ReadToken(secret, clock_.Now()));
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

void PlainAuthenticator::FindRecords(model::UserId user,
                                     store::Done<std::vector<store::AuthRecord>> done) {
  store_.FindAuthOfUser(
      "basic", user,
      [done = std::move(done)](absl::StatusOr<std::optional<store::AuthRecord>> found) mutable {
        if (!found.ok()) return done(found.status());
        std::vector<store::AuthRecord> records;
        if (found->has_value()) records.push_back(**std::move(found));
        done(std::move(records));
      });
}

void PlainAuthenticator::IssueToken(const auth::Identity& identity, store::Done<auth::Token> done) {
  const absl::Time usual = clock_.Now() + absl::Hours(24 * 14);
  const absl::Time until = std::min(usual, identity.expires.value_or(usual));
  done(auth::Token{
      fmt::format("token:{}:{}:{}:{}:{}:{}", identity.user.ToString(),
                  AuthLevelName(identity.level), identity.may_log_in ? "" : "stay",
                  identity.validated ? "validated" : "", absl::ToUnixMillis(until), identity.login),
      until});
}

}  // namespace molva::test
