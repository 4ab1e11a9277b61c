#include "auth/scheme_authenticator.h"

#include <fmt/core.h>

#include <utility>
#include <variant>

#include "auth/challenge.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "model/fault.h"

namespace molva::auth {

using model::Fail;
using model::Fault;

SchemeAuthenticator::SchemeAuthenticator(runtime::Shard& shard, store::Store& store,
                                         const SchemeRegistry& registry, LoginThrottle& throttle)
    : shard_(shard),
      store_(store),
      registry_(registry),
      throttle_(throttle),
      alive_(std::make_shared<Alive>()) {}

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

void SchemeAuthenticator::Authenticate(std::string name, std::string secret, std::string address,
                                       store::Done<Identity> done) {
  const Scheme* scheme = registry_.Find(name);
  if (scheme == nullptr) {
    return Answer<Identity>(std::move(done), Fail(Fault::kUnknownScheme, "no such auth scheme"));
  }
  if (!scheme->traits().logs_in) {
    return Answer<Identity>(std::move(done),
                            Fail(Fault::kNotImplemented, "the auth scheme does not log in"));
  }
  if (scheme->traits().keeps_records) {
    return Parse<Identity>(
        *scheme, Purpose::kLogin, secret, std::move(done),
        [this, scheme, secret, address](const std::string& unique, store::Done<Identity> next) {
          TryRecord(*scheme, secret, unique, address, std::move(next));
        });
  }
  if (!scheme->traits().waits) return Verify(*scheme, secret, std::nullopt, std::move(done));
  // Who guesses is the other's to know; from where is ours.
  auto counted = Throttled<Identity>("", std::move(address), std::move(done));
  if (counted.has_value()) Verify(*scheme, secret, std::nullopt, *std::move(counted));
}

void SchemeAuthenticator::TryRecord(const Scheme& scheme, std::string secret,
                                    const std::string& unique, std::string address,
                                    store::Done<Identity> done) {
  auto counted = Throttled<Identity>(fmt::format("{}:{}", scheme.name(), unique),
                                     std::move(address), std::move(done));
  if (!counted.has_value()) return;
  FindRecord<Identity>(
      scheme, unique, *std::move(counted),
      [this, &scheme, secret = std::move(secret)](Found record, store::Done<Identity> next_done) {
        Verify(scheme, secret, std::move(record), std::move(next_done));
      });
}

namespace {

// A secret that was right, and what to keep of it from now on, if that is something else.
struct Checked {
  Proof proof;
  std::string renewed;
};

absl::StatusOr<Checked> Check(const Scheme& scheme, const std::string& secret,
                              const std::optional<store::AuthRecord>& record, absl::Time now) {
  Checked checked;
  // The name in it was asked for before, if there was to be a record.
  if (!scheme.traits().keeps_records) {
    MOLVA_RETURN_IF_ERROR(scheme.Parse(Purpose::kLogin, secret).status());
  }
  MOLVA_ASSIGN_OR_RETURN(checked.proof,
                         scheme.Verify(secret, record.has_value() ? &*record : nullptr, now));
  if (!record.has_value() || !scheme.IsStale(*record)) return checked;
  // A secret that would not be taken today stays as it is.
  absl::StatusOr<MadeSecret> made = scheme.Make(Purpose::kChange, secret);
  if (made.ok()) checked.renewed = std::move(made->kept);
  return checked;
}

}  // namespace

void SchemeAuthenticator::Verify(const Scheme& scheme, const std::string& secret, Found record,
                                 store::Done<Identity> done) {
  auto shared = std::make_shared<const Found>(std::move(record));  // by the task and its answer
  Run<Checked>(
      scheme, Track::kVerify,
      [this, &scheme, secret, shared,
       done = std::move(done)](absl::StatusOr<Checked> checked) mutable {
        if (!checked.ok()) return done(AsClientsCallIt(scheme, checked.status()));
        if (checked->proof.newcomer.has_value()) {
          return Adopt(scheme, secret, checked->proof, std::move(done));
        }
        if (!checked->renewed.empty()) Renew(**shared, std::move(checked->renewed));
        if (!checked->proof.kept.empty()) {
          return Keep(scheme, **shared, checked->proof, std::move(done));
        }
        AskForSecond(scheme, checked->proof, std::move(done));
      },
      [&scheme, secret, shared, now = shard_.Now()] {
        return Check(scheme, secret, *shared, now);
      });
}

void SchemeAuthenticator::Renew(store::AuthRecord record, std::string kept) {
  std::string former = std::move(record.secret);
  record.secret = std::move(kept);
  store_.Write({store::PutAuth{std::move(record), store::Expect::kPresent, std::move(former)}},
               [](const absl::Status& status) {
                 // A password that was changed meanwhile stays; one that is gone stays gone.
                 if (status.ok() || absl::IsAborted(status) || absl::IsNotFound(status)) return;
                 base::LogWarning("a renewed secret is not stored",
                                  {{"error", std::string(base::ToStd(status.message()))}});
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
  Parse<NewAuth>(*scheme, Purpose::kCreate, secret, std::move(done),
                 [this, scheme, secret](std::string unique, store::Done<NewAuth> next) mutable {
                   if (!scheme->traits().keeps_records) {
                     return MakeNew(*scheme, std::move(secret), std::move(unique), std::move(next));
                   }
                   MakeUnlessTaken(*scheme, std::move(secret), std::move(unique), std::move(next));
                 });
}

void SchemeAuthenticator::MakeUnlessTaken(const Scheme& scheme, std::string secret,
                                          std::string unique, store::Done<NewAuth> done) {
  FindRecord<NewAuth>(scheme, unique, std::move(done),
                      [this, &scheme, secret = std::move(secret), unique](
                          const Found& taken, store::Done<NewAuth> next) mutable {
                        if (taken.has_value()) {
                          return next(Fail(Fault::kDuplicateCredential, "the login is taken"));
                        }
                        MakeNew(scheme, std::move(secret), std::move(unique), std::move(next));
                      });
}

void SchemeAuthenticator::MakeNew(const Scheme& scheme, std::string secret, std::string unique,
                                  store::Done<NewAuth> done) {
  Run<NewAuth>(scheme, Track::kMake, std::move(done),
               [&scheme, secret = std::move(secret), unique = std::move(unique),
                requires_second = registry_.requires_second()]() -> absl::StatusOr<NewAuth> {
                 MOLVA_ASSIGN_OR_RETURN(MadeSecret made, scheme.Make(Purpose::kCreate, secret));
                 NewAuth fresh;
                 fresh.level = made.level;
                 fresh.stores_record = scheme.traits().keeps_records;
                 fresh.record.scheme = scheme.name();
                 fresh.record.unique = unique;
                 fresh.record.level = made.level;
                 fresh.record.secret = std::move(made.kept);
                 fresh.tags = scheme.TagsOf(unique);
                 fresh.logs_in = !requires_second || made.level == model::AuthLevel::kAnon;
                 return fresh;
               });
}

void SchemeAuthenticator::Enrol(std::string name, std::string secret, model::UserId user,
                                store::Done<std::vector<std::string>> done) {
  using Tags = std::vector<std::string>;
  const Scheme* scheme = registry_.Find(name);
  if (scheme == nullptr || !scheme->traits().enrols) return Answer<Tags>(std::move(done), Tags{});
  Run<Tags>(*scheme, Track::kOther, std::move(done),
            [scheme, user, secret = std::move(secret)] { return scheme->Enrol(secret, user); });
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
  if (scheme->traits().is_second || scheme->traits().replaces) {
    return Replace(*scheme, std::move(secret), user, std::move(done));
  }
  if (scheme->traits().changes_elsewhere) {
    return Run<Change>(*scheme, Track::kOther, std::move(done),
                       [scheme, user, secret = std::move(secret)]() -> absl::StatusOr<Change> {
                         MOLVA_RETURN_IF_ERROR(scheme->Change(user, secret));
                         return Change{};
                       });
  }
  if (!scheme->traits().keeps_records) return Answer<Change>(std::move(done), Change{});
  Parse<Change>(
      *scheme, Purpose::kChange, secret, std::move(done),
      [this, scheme, secret, user](std::string unique, store::Done<Change> next) {
        store_.FindAuthOfUser(
            std::string(scheme->name()), user,
            [this, alive = std::weak_ptr<Alive>(alive_), scheme, secret, unique = std::move(unique),
             next = std::move(next)](absl::StatusOr<Found> former) mutable {
              if (alive.expired()) return;
              if (!former.ok()) return next(former.status());
              ChangeRecord(*scheme, std::move(secret), std::move(unique), *std::move(former),
                           std::move(next));
            });
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
      scheme, Track::kMake, std::move(done),
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

void SchemeAuthenticator::FindRecords(model::UserId user,
                                      store::Done<std::vector<store::AuthRecord>> done) {
  CollectRecords(user, registry_.RecordKeepers(), {}, std::move(done));
}

void SchemeAuthenticator::PrepareEnd(model::UserId user,
                                     store::Done<std::vector<store::AuthRecord>> done) {
  LetGo(user, registry_.ThoseWhoLetGo(), std::move(done));
}

void SchemeAuthenticator::LetGo(model::UserId user, std::vector<const Scheme*> schemes,
                                store::Done<std::vector<store::AuthRecord>> done) {
  if (schemes.empty()) return FindRecords(user, std::move(done));
  const Scheme* scheme = schemes.back();
  schemes.pop_back();
  Run<std::monostate>(
      *scheme, Track::kOther,
      [this, user, schemes = std::move(schemes),
       done = std::move(done)](const absl::StatusOr<std::monostate>& gone) mutable {
        if (!gone.ok()) return done(gone.status());
        LetGo(user, std::move(schemes), std::move(done));
      },
      [scheme, user]() -> absl::StatusOr<std::monostate> {
        MOLVA_RETURN_IF_ERROR(scheme->LetGo(user));
        return std::monostate();
      });
}

void SchemeAuthenticator::CollectRecords(model::UserId user, std::vector<std::string> schemes,
                                         std::vector<store::AuthRecord> found,
                                         store::Done<std::vector<store::AuthRecord>> done) {
  if (schemes.empty()) {
    return Answer<std::vector<store::AuthRecord>>(std::move(done), std::move(found));
  }
  std::string scheme = std::move(schemes.back());
  schemes.pop_back();
  store_.FindAuthOfUser(
      std::move(scheme), user,
      [this, alive = std::weak_ptr<Alive>(alive_), user, schemes = std::move(schemes),
       found = std::move(found), done = std::move(done)](absl::StatusOr<Found> record) mutable {
        if (alive.expired()) return;
        if (!record.ok()) return done(record.status());
        if (record->has_value()) found.push_back(**std::move(record));
        CollectRecords(user, std::move(schemes), std::move(found), std::move(done));
      });
}

void SchemeAuthenticator::IssueToken(const Identity& identity, store::Done<Token> done) {
  const Scheme* issuer = registry_.issuer();
  if (issuer == nullptr) {
    return Answer<Token>(std::move(done),
                         Fail(Fault::kNotImplemented, "no auth scheme issues tokens"));
  }
  Run<Token>(*issuer, Track::kIssue, std::move(done),
             [issuer, identity, now = shard_.Now()] { return issuer->Issue(identity, now); });
}

std::optional<std::string> SchemeAuthenticator::RecordScheme(std::string_view name) const {
  const Scheme* scheme = registry_.Find(name);
  if (scheme == nullptr || !scheme->traits().keeps_records) return std::nullopt;
  return std::string(scheme->name());
}

std::vector<std::string> SchemeAuthenticator::ReservedTagNamespaces() const {
  return registry_.ReservedTagNamespaces();
}

}  // namespace molva::auth
