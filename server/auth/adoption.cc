// People whom a scheme knows and the node does not yet: they get an account.
#include <utility>

#include "auth/challenge.h"
#include "auth/scheme_authenticator.h"
#include "base/status_macros.h"
#include "model/fault.h"

namespace molva::auth {

using model::Fail;
using model::Fault;

void SchemeAuthenticator::Adopt(const Scheme& scheme, const std::string& secret, const Proof& proof,
                                store::Done<Identity> done) {
  if (newcomers_ == nullptr) {
    return done(Fail(Fault::kAuthenticationFailed, "there is no account"));
  }
  newcomers_->Begin(*proof.newcomer, [this, alive = std::weak_ptr<Alive>(alive_), &scheme, secret,
                                      identity = Identity(proof), done = std::move(done)](
                                         absl::StatusOr<model::UserId> user) mutable {
    if (alive.expired()) return;
    if (!user.ok()) return done(user.status());
    identity.user = *user;
    Run<Identity>(
        scheme, Track::kOther,
        [this, &scheme, secret, user = *user,
         done = std::move(done)](absl::StatusOr<Identity> known) mutable {
          if (known.ok() && scheme.traits().keeps_records) {
            return Remember(scheme, secret, *known, std::move(done));
          }
          if (known.ok()) return AskForSecond(scheme, *known, std::move(done));
          newcomers_->Undo(user);
          done(std::move(known));
        },
        [&scheme, secret, identity]() -> absl::StatusOr<Identity> {
          MOLVA_RETURN_IF_ERROR(scheme.Adopt(secret, identity.user));
          return identity;
        });
  });
}

void SchemeAuthenticator::Remember(const Scheme& scheme, const std::string& secret,
                                   const Identity& identity, store::Done<Identity> done) {
  store::Done<Identity> undoing = [this, user = identity.user,
                                   done = std::move(done)](absl::StatusOr<Identity> known) mutable {
    if (!known.ok() && !ChallengeOf(known.status()).has_value()) newcomers_->Undo(user);
    done(std::move(known));
  };
  Parse<Identity>(scheme, Purpose::kLogin, secret, std::move(undoing),
                  [this, &scheme, identity](std::string unique, store::Done<Identity> next) {
                    store::AuthRecord record{.scheme = std::string(scheme.name()),
                                             .unique = std::move(unique),
                                             .user = identity.user,
                                             .level = identity.level,
                                             .secret = {},
                                             .expires = std::nullopt};
                    store_.Write({store::PutAuth{std::move(record), store::Expect::kAbsent}},
                                 [this, alive = std::weak_ptr<Alive>(alive_), &scheme, identity,
                                  next = std::move(next)](const absl::Status& status) mutable {
                                   if (alive.expired()) return;
                                   if (status.ok())
                                     return AskForSecond(scheme, identity, std::move(next));
                                   next(absl::IsAlreadyExists(status)
                                            ? Fail(Fault::kServiceUnavailable,
                                                   "another login makes the account")
                                            : status);
                                 });
                  });
}

}  // namespace molva::auth
