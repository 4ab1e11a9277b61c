// Second factors: who is asked for one, and how it begins and ends; and records that are used up.
#include <fmt/core.h>

#include <utility>

#include "auth/challenge.h"
#include "auth/scheme_authenticator.h"
#include "base/status_macros.h"

namespace molva::auth {
namespace {

using store::Expect;

std::string RecordNameOf(model::UserId user) { return fmt::format("{:016x}", user.bits()); }

// What makes `kept` the record of `user`, unless another request is faster.
store::Batch BatchOf(const Scheme& scheme, model::UserId user,
                     const std::optional<store::AuthRecord>& former, std::string kept) {
  if (!former.has_value()) {
    return {store::PutAuth{{.scheme = std::string(scheme.name()),
                            .unique = RecordNameOf(user),
                            .user = user,
                            .level = model::AuthLevel::kAuth,
                            .secret = std::move(kept),
                            .expires = std::nullopt},
                           Expect::kAbsent}};
  }
  const bool ends = kept.empty();
  store::AuthRecord record = *former;
  if (!ends) record.secret = std::move(kept);
  store::Batch batch = {store::PutAuth{std::move(record), Expect::kPresent, former->secret}};
  if (ends) batch.emplace_back(store::EraseAuth{former->scheme, former->unique});
  return batch;
}

}  // namespace

absl::Status SchemeAuthenticator::AsClientsCallIt(const Scheme& scheme,
                                                  const absl::Status& status) const {
  std::optional<Challenge> challenge = ChallengeOf(status);
  if (!challenge.has_value()) return status;
  challenge->scheme = registry_.LogicalNameOf(scheme);
  return Challenged(*challenge);
}

void SchemeAuthenticator::Keep(const Scheme& scheme, const store::AuthRecord& record,
                               const Proof& proof, store::Done<Identity> done) {
  store::AuthRecord next = record;
  next.secret = proof.kept;
  store_.Write({store::PutAuth{std::move(next), Expect::kPresent, record.secret}},
               [this, alive = std::weak_ptr<Alive>(alive_), &scheme, identity = Identity(proof),
                done = std::move(done)](const absl::Status& status) mutable {
                 if (alive.expired()) return;
                 if (status.ok()) return AskForSecond(scheme, identity, std::move(done));
                 const bool is_late = absl::IsAborted(status) || absl::IsNotFound(status);
                 done(is_late ? model::Fail(model::Fault::kAuthenticationFailed,
                                            "another login was faster with this record")
                              : status);
               });
}

void SchemeAuthenticator::AnswerChallenge(const Scheme& second, Identity identity,
                                          const Found& record, store::Done<Identity> done) {
  const auto wanted =
      record.has_value() ? Challenge::Wanted::kAnswer : Challenge::Wanted::kEnrolment;
  identity.may_log_in = record.has_value();
  Run<Token>(
      second, Track::kIssue,
      [this, &second, wanted, done = std::move(done)](const absl::StatusOr<Token>& ticket) mutable {
        if (!ticket.ok()) return done(ticket.status());
        done(Challenged({registry_.LogicalNameOf(second), ticket->secret, wanted}));
      },
      [&second, identity, now = shard_.Now()] { return second.Issue(identity, now); });
}

void SchemeAuthenticator::AskForSecond(const Scheme& scheme, const Identity& identity,
                                       store::Done<Identity> done) {
  const Scheme* second = registry_.second();
  const bool is_enough = scheme.traits().is_second || scheme.traits().issues;
  if (second == nullptr || is_enough) return done(identity);
  store_.FindAuthOfUser(std::string(second->name()), identity.user,
                        [this, alive = std::weak_ptr<Alive>(alive_), second, identity,
                         done = std::move(done)](const absl::StatusOr<Found>& record) mutable {
                          if (alive.expired()) return;
                          if (!record.ok()) return done(record.status());
                          const bool must_have = registry_.requires_second() &&
                                                 identity.level != model::AuthLevel::kAnon;
                          if (!record->has_value() && !must_have) return done(std::move(identity));
                          AnswerChallenge(*second, std::move(identity), *record, std::move(done));
                        });
}

void SchemeAuthenticator::Replace(const Scheme& scheme, std::string secret, model::UserId user,
                                  store::Done<Change> done) {
  // A code is guessed here as well as at a login.
  auto counted = Throttled<Change>(fmt::format("{}:{}", scheme.name(), RecordNameOf(user)), "",
                                   std::move(done));
  if (!counted.has_value()) return;
  store_.FindAuthOfUser(
      std::string(scheme.name()), user,
      [this, alive = std::weak_ptr<Alive>(alive_), &scheme, secret = std::move(secret), user,
       next_done = *std::move(counted)](absl::StatusOr<Found> record) mutable {
        if (alive.expired()) return;
        if (!record.ok()) return next_done(record.status());
        Run<Change>(
            scheme, Track::kOther,
            [this, &scheme, next_done = std::move(next_done)](absl::StatusOr<Change> made) mutable {
              if (made.ok()) return next_done(std::move(made));
              next_done(AsClientsCallIt(scheme, made.status()));
            },
            [&scheme, secret = std::move(secret), user, former = *std::move(record),
             now = shard_.Now()]() -> absl::StatusOr<Change> {
              MOLVA_ASSIGN_OR_RETURN(
                  Replaced replaced,
                  scheme.Replace(user, secret, former.has_value() ? &*former : nullptr, now));
              Change change;
              change.batch = BatchOf(scheme, user, former, std::move(replaced.kept));
              change.told = std::move(replaced.told);
              if (scheme.traits().replaces) change.told_as = "told";
              return change;
            });
      });
}

}  // namespace molva::auth
