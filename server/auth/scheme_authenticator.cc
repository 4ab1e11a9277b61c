#include "auth/scheme_authenticator.h"

#include <fmt/core.h>

#include <utility>

#include "base/status_macros.h"
#include "model/fault.h"

namespace molva::auth {

using model::Fail;
using model::Fault;

SchemeAuthenticator::SchemeAuthenticator(runtime::Shard& shard, store::Store& store,
                                         runtime::WorkPool& pool, const SchemeRegistry& registry)
    : shard_(shard),
      store_(store),
      pool_(pool),
      registry_(registry),
      alive_(std::make_shared<Alive>()) {}

template <typename T>
void SchemeAuthenticator::Answer(store::Done<T> done, absl::StatusOr<T> answer) {
  shard_.Post([alive = std::weak_ptr<Alive>(alive_), done = std::move(done),
               answer = std::move(answer)]() mutable {
    if (!alive.expired()) done(std::move(answer));
  });
}

template <typename T, typename Work>
void SchemeAuthenticator::Run(const Scheme& scheme, store::Done<T> done, Work work) {
  if (scheme.traits().is_quick) return Answer<T>(std::move(done), work());
  // Shared, because a pool that is full drops the task and the refusal still needs it.
  auto kept = std::make_shared<store::Done<T>>(std::move(done));
  runtime::Task task = [&shard = shard_, alive = std::weak_ptr<Alive>(alive_), kept,
                        work = std::move(work)]() mutable {
    shard.Post([alive, kept, answer = work()]() mutable {
      if (!alive.expired()) (*kept)(std::move(answer));
    });
  };
  if (pool_.Submit(std::move(task))) return;
  Answer<T>(std::move(*kept),
            Fail(Fault::kServiceUnavailable, "too many secrets wait for a check"));
}

template <typename T, typename Next>
void SchemeAuthenticator::FindRecord(const Scheme& scheme, const std::string& unique,
                                     store::Done<T> done, Next next) {
  store_.FindAuth(std::string(scheme.name()), unique,
                  [alive = std::weak_ptr<Alive>(alive_), done = std::move(done),
                   next = std::move(next)](absl::StatusOr<Found> found) mutable {
                    if (alive.expired()) return;
                    if (!found.ok()) return done(found.status());
                    next(*std::move(found), std::move(done));
                  });
}

void SchemeAuthenticator::Authenticate(std::string name, std::string secret,
                                       store::Done<Identity> done) {
  const Scheme* scheme = registry_.Find(name);
  if (scheme == nullptr) {
    return Answer<Identity>(std::move(done), Fail(Fault::kUnknownScheme, "no such auth scheme"));
  }
  if (!scheme->traits().logs_in) {
    return Answer<Identity>(std::move(done),
                            Fail(Fault::kNotImplemented, "the auth scheme does not log in"));
  }
  const absl::StatusOr<std::string> unique = scheme->Parse(Purpose::kLogin, secret);
  if (!unique.ok()) return Answer<Identity>(std::move(done), unique.status());
  if (!scheme->traits().keeps_records) {
    return Verify(*scheme, std::move(secret), std::nullopt, std::move(done));
  }
  FindRecord<Identity>(*scheme, *unique, std::move(done),
                       [this, scheme, secret = std::move(secret)](
                           Found record, store::Done<Identity> next_done) mutable {
                         Verify(*scheme, std::move(secret), std::move(record),
                                std::move(next_done));
                       });
}

void SchemeAuthenticator::Verify(const Scheme& scheme, std::string secret, Found record,
                                 store::Done<Identity> done) {
  Run<Identity>(
      scheme, std::move(done),
      [&scheme, secret = std::move(secret), record = std::move(record), now = shard_.Now()] {
        return scheme.Verify(secret, record.has_value() ? &*record : nullptr, now);
      });
}

void SchemeAuthenticator::PrepareNew(std::string name, std::string secret,
                                     store::Done<NewAuth> done) {
  const Scheme* scheme = registry_.Find(name);
  if (scheme == nullptr) {
    return Answer<NewAuth>(std::move(done), Fail(Fault::kMalformed, "no such auth scheme"));
  }
  if (!scheme->traits().creates) {
    return Answer<NewAuth>(std::move(done),
                           Fail(Fault::kNotImplemented, "the auth scheme starts no accounts"));
  }
  absl::StatusOr<std::string> unique = scheme->Parse(Purpose::kCreate, secret);
  if (!unique.ok()) return Answer<NewAuth>(std::move(done), unique.status());
  if (!scheme->traits().keeps_records) {
    return MakeNew(*scheme, std::move(secret), *std::move(unique), std::move(done));
  }
  FindRecord<NewAuth>(*scheme, *unique, std::move(done),
                      [this, scheme, secret = std::move(secret), unique = *unique](
                          const Found& taken, store::Done<NewAuth> next_done) mutable {
                        if (taken.has_value()) {
                          return next_done(Fail(Fault::kDuplicateCredential, "the login is taken"));
                        }
                        MakeNew(*scheme, std::move(secret), std::move(unique),
                                std::move(next_done));
                      });
}

void SchemeAuthenticator::MakeNew(const Scheme& scheme, std::string secret, std::string unique,
                                  store::Done<NewAuth> done) {
  Run<NewAuth>(scheme, std::move(done),
               [&scheme, secret = std::move(secret),
                unique = std::move(unique)]() -> absl::StatusOr<NewAuth> {
                 MOLVA_ASSIGN_OR_RETURN(MadeSecret made, scheme.Make(Purpose::kCreate, secret));
                 NewAuth fresh;
                 fresh.level = made.level;
                 fresh.stores_record = scheme.traits().keeps_records;
                 fresh.record.scheme = scheme.name();
                 fresh.record.unique = unique;
                 fresh.record.level = made.level;
                 fresh.record.secret = std::move(made.kept);
                 fresh.tags = scheme.TagsOf(unique);
                 return fresh;
               });
}

void SchemeAuthenticator::PrepareChange(std::string name, std::string secret, model::UserId user,
                                        store::Done<Change> done) {
  const Scheme* scheme = registry_.Find(name);
  if (scheme == nullptr) {
    return Answer<Change>(std::move(done), Fail(Fault::kMalformed, "no such auth scheme"));
  }
  if (!scheme->traits().changes) {
    return Answer<Change>(std::move(done),
                          Fail(Fault::kNotImplemented, "the auth scheme changes no secrets"));
  }
  if (!scheme->traits().keeps_records) return Answer<Change>(std::move(done), Change{});
  absl::StatusOr<std::string> unique = scheme->Parse(Purpose::kChange, secret);
  if (!unique.ok()) return Answer<Change>(std::move(done), unique.status());
  store_.FindAuthOfUser(
      std::string(scheme->name()), user,
      [this, alive = std::weak_ptr<Alive>(alive_), scheme, secret = std::move(secret),
       unique = *std::move(unique), done = std::move(done)](absl::StatusOr<Found> former) mutable {
        if (alive.expired()) return;
        if (!former.ok()) return done(former.status());
        ChangeRecord(*scheme, std::move(secret), std::move(unique), *std::move(former),
                     std::move(done));
      });
}

void SchemeAuthenticator::ChangeRecord(const Scheme& scheme, std::string secret, std::string unique,
                                       Found former, store::Done<Change> done) {
  if (!former.has_value()) {
    return done(Fail(Fault::kNotFound, "the user has no secret of this scheme"));
  }
  if (unique.empty() || unique == former->unique) {
    std::string same = former->unique;
    return MakeChange(scheme, std::move(secret), std::move(same), *std::move(former),
                      std::move(done));
  }
  FindRecord<Change>(
      scheme, unique, std::move(done),
      [this, &scheme, secret = std::move(secret), unique, former = *std::move(former)](
          const Found& taken, store::Done<Change> next_done) mutable {
        if (taken.has_value()) {
          return next_done(Fail(Fault::kDuplicateCredential, "the login is taken"));
        }
        MakeChange(scheme, std::move(secret), std::move(unique), std::move(former),
                   std::move(next_done));
      });
}

void SchemeAuthenticator::MakeChange(const Scheme& scheme, std::string secret, std::string unique,
                                     store::AuthRecord former, store::Done<Change> done) {
  Run<Change>(
      scheme, std::move(done),
      [&scheme, secret = std::move(secret), unique = std::move(unique),
       former = std::move(former)]() -> absl::StatusOr<Change> {
        MOLVA_ASSIGN_OR_RETURN(MadeSecret made, scheme.Make(Purpose::kChange, secret));
        Change change;
        store::AuthRecord record = former;
        record.unique = unique;
        record.secret = std::move(made.kept);
        const bool is_renamed = unique != former.unique;
        if (is_renamed) {
          change.batch.push_back(store::EraseAuth{former.scheme, former.unique});
        }
        change.batch.push_back(store::PutAuth{
            std::move(record), is_renamed ? store::Expect::kAbsent : store::Expect::kPresent});
        change.tags = scheme.TagsOf(unique);
        change.former_tags = scheme.TagsOf(former.unique);
        return change;
      });
}

absl::StatusOr<Token> SchemeAuthenticator::IssueToken(const Identity& identity) {
  const Scheme* issuer = registry_.issuer();
  if (issuer == nullptr) return Fail(Fault::kNotImplemented, "no auth scheme issues tokens");
  return issuer->Issue(identity, shard_.Now());
}

std::vector<std::string> SchemeAuthenticator::ReservedTagNamespaces() const {
  return registry_.ReservedTagNamespaces();
}

}  // namespace molva::auth
