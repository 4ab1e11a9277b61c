// login: from a secret to an authenticated session.
#include "base/strings.h"
#include "session/handlers/handlers.h"
#include "session/login_reply.h"
#include "session/session.h"

namespace molva::session {
namespace {

using model::Fail;
using model::Fault;

absl::Status CheckAccount(const absl::StatusOr<std::optional<store::UserRecord>>& user) {
  if (!user.ok()) return user.status();
  if (!user->has_value()) return Fail(Fault::kUserNotFound, "the account is gone");
  if ((*user)->state == store::State::kSuspended) {
    return Fail(Fault::kPermissionDenied, "the account is suspended");
  }
  return absl::OkStatus();
}

void Finish(Session& session, const std::string& id, const absl::Status& status,
            const auth::Identity& identity) {
  absl::StatusOr<model::JsonFields> params = model::JsonFields{};
  if (status.ok()) params = Authenticate(session, identity);
  if (status.ok() && params.ok()) {
    session.Reply(id, "", Fault::kOk, *std::move(params));
  } else {
    session.Reply(id, "", model::FaultOf(status.ok() ? params.status() : status));
  }
  session.Resume();
}

}  // namespace

void Handle(Session& session, const model::Request& request, model::Login login) {
  if (login.scheme == "reset") return session.Reply(request.id, "", Fault::kNotImplemented);
  if (session.state().phase == Session::Phase::kAuthenticated) {
    return session.Reply(request.id, "", Fault::kAlreadyAuthenticated);
  }
  session.Await();
  const SessionEnv& env = session.env();
  env.authenticator.Authenticate(
      base::AsciiLower(login.scheme), std::move(login.secret),
      [&env, handle = session.handle(),
       id = request.id](const absl::StatusOr<auth::Identity>& identity) {
        Session* waiting = Session::Find(env, handle);
        if (waiting == nullptr) return;
        if (!identity.ok()) return Finish(*waiting, id, identity.status(), {});
        env.router.store().FindUser(
            identity->user, [&env, handle, id, identity = *identity](
                                const absl::StatusOr<std::optional<store::UserRecord>>& user) {
              if (Session* found = Session::Find(env, handle)) {
                Finish(*found, id, CheckAccount(user), identity);
              }
            });
      });
}

}  // namespace molva::session
