#include "session/logins.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/strings.h"
#include "session/session.h"

namespace molva::session {
namespace {

using model::Fail;
using model::Fault;
using store::LoginRecord;

// Uses within it are not written down, so `seen` and `expires` may be behind by as much.
constexpr absl::Duration kSeenStep = absl::Hours(1);
// Two logins at the same moment may each leave one more than there should be.
constexpr auto kMostRows = static_cast<std::int32_t>(4 * store::kMostLogins);

// One login being entered.
struct Entering {
  const SessionEnv& env;
  model::SessionHandle session;
  Entry entry;
  LoginRecord record;
  store::Done<Entry> done;
};
using EnteringPtr = std::shared_ptr<Entering>;  // held by the answer that is waited for

bool IsOver(const LoginRecord& login, absl::Time now) { return login.expires + kSeenStep <= now; }

absl::Status NoLogin() { return Fail(Fault::kAuthenticationFailed, "the login has been ended"); }

void Finish(const EnteringPtr& entering, const absl::Status& status) {
  Session* session = Session::Find(entering->env, entering->session);
  if (session == nullptr) return;
  if (status.ok()) return entering->done(entering->entry);
  session->state().login = 0;
  // What was to be there still is not: it was ended meanwhile.
  entering->done(absl::IsNotFound(status) ? NoLogin() : status);
}

// A disk that takes nothing keeps nobody from reading: a login that could not be written lasts as
// long as its connection.
void OnWritten(const EnteringPtr& entering, const absl::Status& status) {
  if (!absl::IsUnavailable(status)) return Finish(entering, status);
  base::LogWarning("a login was not stored, its token will be refused",
                   {{"error", std::string(base::ToStd(status.message()))}});
  Finish(entering, absl::OkStatus());
}

void Write(const EnteringPtr& entering, store::Batch batch, store::Expect expect) {
  const LoginRecord& record = entering->record;
  batch.emplace_back(store::PutValue{store::LoginKey(entering->entry.identity.user, record.id),
                                     store::LoginValue(record), expect});
  entering->env.router.store().Write(
      std::move(batch), [entering](const absl::Status& status) { OnWritten(entering, status); });
}

// Describes the login as the session is now.
void Describe(const Session& session, LoginRecord& record) {
  const Session::State& state = session.state();
  record.seen = session.now();
  record.user_agent = state.user_agent;
  record.platform = state.platform;
  if (!state.device_id.empty()) record.device_id = state.device_id;
}

// Makes room for one more.
store::Batch Expire(model::UserId user, std::vector<LoginRecord> logins, absl::Time now) {
  const auto goes_first = [now](const LoginRecord& a, const LoginRecord& b) {
    if (IsOver(a, now) != IsOver(b, now)) return IsOver(a, now);
    return a.seen < b.seen;
  };
  std::sort(logins.begin(), logins.end(), goes_first);
  store::Batch batch;
  std::size_t left = logins.size();
  for (const LoginRecord& login : logins) {
    if (!IsOver(login, now) && left < store::kMostLogins) break;
    batch.emplace_back(store::EraseValue{store::LoginKey(user, login.id)});
    --left;
  }
  return batch;
}

// All rows, whether they have expired or not.
void ReadAll(const SessionEnv& env, model::UserId user,
             store::Done<std::vector<LoginRecord>> done) {
  using Values = std::vector<std::pair<std::string, std::string>>;
  env.router.store().ListValues(store::LoginPrefix(user), kMostRows,
                                [done = std::move(done)](absl::StatusOr<Values> values) mutable {
                                  if (!values.ok()) return done(values.status());
                                  std::vector<LoginRecord> logins;
                                  for (const auto& [key, value] : *values) {
                                    std::optional<LoginRecord> login = store::ReadLogin(key, value);
                                    if (login.has_value()) logins.push_back(*std::move(login));
                                  }
                                  done(std::move(logins));
                                });
}

void Begin(const EnteringPtr& entering) {
  const model::UserId user = entering->entry.identity.user;
  ReadAll(entering->env, user, [entering, user](absl::StatusOr<std::vector<LoginRecord>> logins) {
    if (!logins.ok()) return Finish(entering, logins.status());
    Write(entering, Expire(user, *std::move(logins), entering->record.created),
          store::Expect::kAbsent);
  });
}

void GoOn(const EnteringPtr& entering) {
  const auth::Identity& identity = entering->entry.identity;
  entering->env.router.store().FindValue(
      store::LoginKey(identity.user, identity.login),
      [entering](const absl::StatusOr<std::optional<std::string>>& value) {
        Session* session = Session::Find(entering->env, entering->session);
        if (session == nullptr) return;
        if (!value.ok()) return Finish(entering, value.status());
        const auth::Identity& proved = entering->entry.identity;
        const std::optional<LoginRecord> known =
            value->has_value()
                ? store::ReadLogin(store::LoginKey(proved.user, proved.login), **value)
                : std::nullopt;
        if (!known.has_value()) return Finish(entering, NoLogin());
        LoginRecord& record = entering->record;
        record.created = known->created;
        record.device_id = known->device_id;
        Describe(*session, record);
        const bool is_as_known = record.user_agent == known->user_agent &&
                                 record.platform == known->platform &&
                                 record.device_id == known->device_id;
        if (is_as_known && record.seen - known->seen < kSeenStep) {
          return Finish(entering, absl::OkStatus());
        }
        Write(entering, {}, store::Expect::kPresent);
      });
}

enum class Age : bool { kKnown, kNew };

void OnToken(const EnteringPtr& entering, Age age) {
  Session* session = Session::Find(entering->env, entering->session);
  if (session == nullptr) return;
  const auth::Identity& identity = entering->entry.identity;
  if (!identity.may_log_in) return Finish(entering, absl::OkStatus());
  session->state().login = identity.login;
  session->state().login_seen = session->now();
  LoginRecord& record = entering->record;
  record.id = identity.login;
  record.created = session->now();
  record.expires = entering->entry.token.expires;
  Describe(*session, record);
  age == Age::kNew ? Begin(entering) : GoOn(entering);
}

}  // namespace

void CheckLogin(const SessionEnv& env, const auth::Identity& identity, store::Written done) {
  if (identity.login == 0) return done(absl::OkStatus());
  env.router.store().FindValue(
      store::LoginKey(identity.user, identity.login),
      [done = std::move(done)](const absl::StatusOr<std::optional<std::string>>& value) mutable {
        if (!value.ok()) return done(value.status());
        done(value->has_value() ? absl::OkStatus() : NoLogin());
      });
}

void EnterLogin(Session& session, const auth::Identity& proof, store::Done<Entry> done) {
  const SessionEnv& env = session.env();
  auto entering =
      std::make_shared<Entering>(Entering{env, session.handle(), {proof, {}}, {}, std::move(done)});
  auth::Identity& identity = entering->entry.identity;
  const bool is_new = identity.may_log_in && identity.login == 0;
  while (is_new && identity.login == 0) identity.login = env.router.shard().random().Next64();
  env.authenticator.IssueToken(identity, [entering, is_new](absl::StatusOr<auth::Token> token) {
    if (!token.ok()) return Finish(entering, token.status());
    entering->entry.token = *std::move(token);
    OnToken(entering, is_new ? Age::kNew : Age::kKnown);
  });
}

void TouchLogin(Session& session) {
  Session::State& state = session.state();
  const absl::Time now = session.now();
  if (state.login == 0 || now - state.login_seen < kSeenStep) return;
  state.login_seen = now;
  const std::string key = store::LoginKey(state.user, state.login);
  const std::string device = state.device_id;
  store::Store& store = session.env().router.store();
  // A best effort: what fails is tried again in an hour, and what was ended stays so.
  store.FindValue(
      key, [&store, key, now, device](const absl::StatusOr<std::optional<std::string>>& found) {
        if (!found.ok() || !found->has_value()) return;
        std::optional<LoginRecord> login = store::ReadLogin(key, **found);
        if (!login.has_value()) return;
        login->seen = std::max(login->seen, now);
        if (!device.empty()) login->device_id = device;
        store.Write({store::PutValue{key, store::LoginValue(*login), store::Expect::kPresent}},
                    [](const absl::Status& status) {
                      if (status.ok() || absl::IsNotFound(status)) return;
                      base::LogWarning("the use of a login was not noted",
                                       {{"error", std::string(base::ToStd(status.message()))}});
                    });
      });
}

void ListLogins(const SessionEnv& env, model::UserId user,
                store::Done<std::vector<LoginRecord>> done) {
  ReadAll(env, user,
          [&env, done = std::move(done)](absl::StatusOr<std::vector<LoginRecord>> logins) mutable {
            if (!logins.ok()) return done(logins.status());
            const absl::Time now = env.router.shard().Now();
            std::erase_if(*logins, [now](const LoginRecord& one) { return IsOver(one, now); });
            std::stable_sort(logins->begin(), logins->end(),
                             [](const auto& a, const auto& b) { return a.seen > b.seen; });
            done(*std::move(logins));
          });
}

void EndLogins(const SessionEnv& env, model::UserId user, std::vector<std::uint64_t> logins,
               store::Written done) {
  store::Batch batch;
  for (const std::uint64_t login : logins) {
    batch.emplace_back(store::EraseValue{store::LoginKey(user, login)});
  }
  env.router.store().Write(std::move(batch),
                           [&env, logins = std::move(logins),
                            done = std::move(done)](const absl::Status& status) mutable {
                             done(status);
                             if (status.ok()) env.router.EndLogins(std::move(logins));
                           });
}

}  // namespace molva::session
