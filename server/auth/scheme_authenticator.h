// The authenticator of one shard: looks records up, lets schemes judge, keeps their work off the
// shard.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/authenticator.h"
#include "auth/login_throttle.h"
#include "auth/scheme_registry.h"
#include "model/fault.h"
#include "runtime/shard.h"
#include "store/store.h"

namespace molva::auth {

// Thread:  confined to `shard`.
// Borrows: everything. Answers that come after the authenticator has gone are dropped.
// Errors:  those of Authenticator; kServiceUnavailable from a scheme that does not answer.
class SchemeAuthenticator final : public Authenticator {
 public:
  SchemeAuthenticator(runtime::Shard& shard, store::Store& store, const SchemeRegistry& registry,
                      LoginThrottle& throttle);
  // Once, before the shard starts. Without it nobody is let in who has no account. Borrows it.
  void ServeNewcomers(Newcomers& newcomers) { newcomers_ = &newcomers; }

  void Authenticate(std::string scheme, std::string secret, std::string address,
                    store::Done<Identity> done) override;
  void PrepareNew(std::string scheme, std::string secret, store::Done<NewAuth> done) override;
  void Enrol(std::string scheme, std::string secret, model::UserId user,
             store::Done<std::vector<std::string>> done) override;
  void PrepareChange(std::string scheme, std::string secret, model::UserId user,
                     store::Done<Change> done) override;
  void FindRecords(model::UserId user, store::Done<std::vector<store::AuthRecord>> done) override;
  void PrepareEnd(model::UserId user, store::Done<std::vector<store::AuthRecord>> done) override;
  void IssueToken(const Identity& identity, store::Done<Token> done) override;
  std::optional<std::string> RecordScheme(std::string_view name) const override;
  std::vector<std::string> ReservedTagNamespaces() const override;

 private:
  struct Alive {};
  using Found = std::optional<store::AuthRecord>;

  // Answers in a later turn of the shard.
  template <typename T>
  void Answer(store::Done<T> done, absl::StatusOr<T> answer);
  // Answers with what `work` returns, which calls `scheme`, run where that may hang.
  template <typename T, typename Work>
  void Run(const Scheme& scheme, Track track, store::Done<T> done, Work work);
  // Calls `next` with the name that `secret` is about and `done`, or answers the error.
  template <typename T, typename Next>
  void Parse(const Scheme& scheme, Purpose purpose, const std::string& secret, store::Done<T> done,
             Next next);
  // Calls `next` with the record, or answers the error.
  template <typename T, typename Next>
  void FindRecord(const Scheme& scheme, const std::string& unique, store::Done<T> done, Next next);

  // Asks `schemes` to let go of the user, the last one first, then looks his records up.
  void LetGo(model::UserId user, std::vector<const Scheme*> schemes,
             store::Done<std::vector<store::AuthRecord>> done);
  // Looks the user's records of `schemes` up, one after the other, behind those in `found`.
  void CollectRecords(model::UserId user, std::vector<std::string> schemes,
                      std::vector<store::AuthRecord> found,
                      store::Done<std::vector<store::AuthRecord>> done);
  // Answers that too many have failed, or returns a `done` that counts.
  template <typename T>
  std::optional<store::Done<T>> Throttled(std::string account, std::string address,
                                          store::Done<T> done);
  // Checks a secret that is about the record `unique`, if that may be tried once more.
  void TryRecord(const Scheme& scheme, std::string secret, const std::string& unique,
                 std::string address, store::Done<Identity> done);
  // Keeps what was made anew of a secret, unless the record has changed meanwhile.
  void Renew(store::AuthRecord record, std::string kept);
  void Verify(const Scheme& scheme, const std::string& secret, Found record,
              store::Done<Identity> done);
  // Keeps what `proof` leaves of `record`, then goes on as AskForSecond.
  void Keep(const Scheme& scheme, const store::AuthRecord& record, const Proof& proof,
            store::Done<Identity> done);
  // `status`, with the name of `scheme` in it if it is a challenge.
  absl::Status AsClientsCallIt(const Scheme& scheme, const absl::Status& status) const;
  // Answers with `identity`, which `scheme` has proved, or with the challenge of the second factor
  // that its user has, or must have.
  void AskForSecond(const Scheme& scheme, const Identity& identity, store::Done<Identity> done);
  // Answers with the challenge; with no `record` it is good for setting the second factor up alone.
  void AnswerChallenge(const Scheme& second, Identity identity, const Found& record,
                       store::Done<Identity> done);
  // Lets the scheme make what is kept of `user` from now on.
  void Replace(const Scheme& scheme, std::string secret, model::UserId user,
               store::Done<Change> done);
  // Makes the account of somebody whom the scheme knows.
  void Adopt(const Scheme& scheme, const std::string& secret, const Proof& proof,
             store::Done<Identity> done);
  // Writes down that the account which was just made is that of `secret`.
  void Remember(const Scheme& scheme, const std::string& secret, const Identity& identity,
                store::Done<Identity> done);
  void MakeNew(const Scheme& scheme, std::string secret, std::string unique,
               store::Done<NewAuth> done);
  void MakeUnlessTaken(const Scheme& scheme, std::string secret, std::string unique,
                       store::Done<NewAuth> done);
  void ChangeRecord(const Scheme& scheme, std::string secret, std::string unique, Found former,
                    store::Done<Change> done);
  void MakeChange(const Scheme& scheme, std::string secret, std::string unique,
                  store::AuthRecord former, store::Done<Change> done);

  runtime::Shard& shard_;
  store::Store& store_;
  const SchemeRegistry& registry_;
  LoginThrottle& throttle_;
  Newcomers* newcomers_ = nullptr;
  // Held by nobody else; callbacks watch it to learn whether the authenticator is still there.
  const std::shared_ptr<Alive> alive_;
};

template <typename T>
void SchemeAuthenticator::Answer(store::Done<T> done, absl::StatusOr<T> answer) {
  shard_.Post([alive = std::weak_ptr<Alive>(alive_), done = std::move(done),
               answer = std::move(answer)]() mutable {
    if (!alive.expired()) done(std::move(answer));
  });
}

template <typename T, typename Work>
void SchemeAuthenticator::Run(const Scheme& scheme, Track track, store::Done<T> done, Work work) {
  scheme.gate().Run<T>(
      shard_, static_cast<runtime::CallGate::Track>(track),
      [kept = scheme.shared_from_this(), work = std::move(work)]() mutable -> absl::StatusOr<T> {
        return work();
      },
      [alive = std::weak_ptr<Alive>(alive_),
       done = std::move(done)](absl::StatusOr<T> answer) mutable {
        if (!alive.expired()) done(std::move(answer));
      });
}

template <typename T, typename Next>
void SchemeAuthenticator::Parse(const Scheme& scheme, Purpose purpose, const std::string& secret,
                                store::Done<T> done, Next next) {
  Run<std::string>(
      scheme, Track::kParse,
      [done = std::move(done), next = std::move(next)](absl::StatusOr<std::string> unique) mutable {
        if (!unique.ok()) return done(unique.status());
        next(*std::move(unique), std::move(done));
      },
      [&scheme, purpose, secret] { return scheme.Parse(purpose, secret); });
}

template <typename T>
std::optional<store::Done<T>> SchemeAuthenticator::Throttled(std::string account,
                                                             std::string address,
                                                             store::Done<T> done) {
  if (throttle_.Ask(account, address, shard_.Now()) != LoginThrottle::Verdict::kPass) {
    Answer<T>(std::move(done),
              model::Fail(model::Fault::kPolicyViolation, "too many failed logins"));
    return std::nullopt;
  }
  return [this, account = std::move(account), address = std::move(address),
          done = std::move(done)](absl::StatusOr<T> answer) mutable {
    if (model::FaultOf(answer.status()) == model::Fault::kAuthenticationFailed) {
      throttle_.CountFailure(account, address, shard_.Now());
    }
    done(std::move(answer));
  };
}

}  // namespace molva::auth
