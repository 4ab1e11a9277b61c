// acc: new accounts, and new secrets for old ones.
#include <memory>

#include "base/strings.h"
#include "base/time_text.h"
#include "session/account.h"
#include "session/handlers/handlers.h"
#include "session/login_reply.h"
#include "session/session.h"

namespace molva::session {
namespace {

using model::Fail;
using model::Fault;

model::JsonFields What(std::string_view word) { return {{"what", model::JsonText(word)}}; }

void Refuse(Session& session, const std::string& id, const absl::Status& status,
            model::JsonFields params = {}) {
  session.Reply(id, "", model::FaultOf(status), std::move(params));
  session.Resume();
}

// The account is stored; the rest is the reply.
void Welcome(Session& session, const std::string& id, bool logs_in, const NewAccount& account) {
  model::JsonFields params;
  if (logs_in) {
    auth::Identity identity;
    identity.user = account.user.id;
    identity.level = account.level;
    absl::StatusOr<model::JsonFields> login = Authenticate(session, identity);
    if (!login.ok()) return Refuse(session, id, login.status());
    params = *std::move(login);
  } else {
    params = {{"user", model::JsonText(account.user.id.ToString())},
              {"authlvl", model::JsonText(AuthLevelName(account.level))}};
  }
  params.emplace_back("desc", DescribeAccount(account));
  session.Reply(id, "", logs_in ? Fault::kOk : Fault::kCreated, std::move(params));
  session.Resume();
}

void Store(Session& session, const std::string& id, const model::Acc& acc,
           const auth::NewAuth& prepared) {
  const SessionEnv& env = session.env();
  if (!acc.status.empty()) {
    return Refuse(session, id, Fail(Fault::kPermissionDenied, "status is for root"), What("state"));
  }
  absl::StatusOr<NewAccount> made = MakeAccount(
      acc, prepared,
      model::UserId::FromBits(names::NameBook::MakeOwnId(env.router.shard().random().Next64())),
      session.now(), env);
  if (!made.ok()) return Refuse(session, id, made.status(), What("tags"));
  store::Batch batch = BatchFor(*made, prepared);
  env.router.store().Write(std::move(batch), [&env, handle = session.handle(), id,
                                              logs_in = acc.login, account = *std::move(made)](
                                                 const absl::Status& status) {
    Session* found = Session::Find(env, handle);
    if (found == nullptr) return;
    if (status.ok()) return Welcome(*found, id, logs_in, account);
    Refuse(*found, id, status, absl::IsAlreadyExists(status) ? What("auth") : model::JsonFields{});
  });
}

void Create(Session& session, const model::Request& request, model::Acc acc) {
  if (acc.login && session.state().phase == Session::Phase::kAuthenticated) {
    return session.Reply(request.id, "", Fault::kAlreadyAuthenticated);
  }
  session.Await();
  const SessionEnv& env = session.env();
  std::string scheme = base::AsciiLower(acc.scheme);
  std::string secret = std::move(acc.secret);
  env.authenticator.PrepareNew(
      std::move(scheme), std::move(secret),
      [&env, handle = session.handle(), id = request.id,
       acc = std::move(acc)](const absl::StatusOr<auth::NewAuth>& prepared) {
        Session* found = Session::Find(env, handle);
        if (found == nullptr) return;
        if (prepared.ok()) return Store(*found, id, acc, *prepared);
        const bool no_scheme = model::FaultOf(prepared.status()) == Fault::kUnknownScheme;
        Refuse(*found, id,
               no_scheme ? Fail(Fault::kMalformed, "no such scheme") : prepared.status(),
               no_scheme ? model::JsonFields{} : What("auth"));
      });
}

// Why this session may not change this account; kOk if it may.
Fault CheckUpdate(const Session& session, const model::Acc& acc) {
  const Session::State& state = session.state();
  const bool authenticated = state.phase == Session::Phase::kAuthenticated;
  if (!acc.tmp_scheme.empty()) {
    return authenticated ? Fault::kAlreadyAuthenticated : Fault::kUnknownScheme;
  }
  if (!authenticated) return Fault::kPermissionDenied;
  if (!acc.user.empty()) {
    const absl::StatusOr<model::UserId> user = session.env().names.ParseUser(acc.user);
    if (!user.ok()) return Fault::kMalformed;
    if (*user != state.user) return Fault::kPermissionDenied;
  }
  if (!acc.status.empty()) return Fault::kPermissionDenied;
  if (acc.scheme.empty()) {
    return acc.credentials.empty() ? Fault::kMalformed : Fault::kNotImplemented;
  }
  return Fault::kOk;
}

void ChangeSecret(Session& session, const model::Request& request, model::Acc acc) {
  session.Await();
  const SessionEnv& env = session.env();
  env.authenticator.PrepareChange(
      base::AsciiLower(acc.scheme), std::move(acc.secret), session.state().user,
      [&env, handle = session.handle(), user = session.state().user,
       id = request.id](absl::StatusOr<auth::Authenticator::Change> change) {
        const auto finish = [&env, handle, id](const absl::Status& status) {
          Session* found = Session::Find(env, handle);
          if (found == nullptr) return;
          found->Reply(id, "", model::FaultOf(status));
          found->Resume();
        };
        if (!change.ok()) return finish(change.status());
        auto made = std::make_shared<auth::Authenticator::Change>(*std::move(change));
        env.router.store().Write(
            std::move(made->batch), [&env, user, made, finish](const absl::Status& status) {
              if (status.ok() && made->tags != made->former_tags) {
                env.router.Send(model::TopicName::Me(user),
                                topic::SwapTags{made->former_tags, made->tags});
              }
              finish(status);
            });
      });
}

}  // namespace

void Handle(Session& session, const model::Request& request, model::Acc acc) {
  if (acc.user.starts_with("new")) return Create(session, request, std::move(acc));
  if (const Fault fault = CheckUpdate(session, acc); fault != Fault::kOk) {
    return session.Reply(request.id, "", fault);
  }
  ChangeSecret(session, request, std::move(acc));
}

}  // namespace molva::session
