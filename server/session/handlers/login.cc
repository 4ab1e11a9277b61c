// login: from a secret to an authenticated session.
#include <algorithm>
#include <memory>

#include "session/check_secret.h"
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

// One login under way, from the secret to the reply.
struct Attempt {
  const SessionEnv& env;
  model::SessionHandle session;
  std::string id;
  std::vector<model::Credential> responses;
  auth::Identity identity;
};
using AttemptPtr = std::shared_ptr<Attempt>;  // held by the answer that is waited for

void Answer(const AttemptPtr& attempt, Fault fault, model::JsonFields params = {}) {
  Session* session = Session::Find(attempt->env, attempt->session);
  if (session == nullptr) return;
  session->Reply(attempt->id, "", fault, std::move(params));
  session->Resume();
}

void Refuse(const AttemptPtr& attempt, const absl::Status& status) {
  Answer(attempt, model::FaultOf(status), DescribeChallenge(status));
}

// Lets the session in, or not before `missing` credentials are confirmed.
void Enter(const AttemptPtr& attempt, const std::vector<std::string>& missing) {
  Session* session = Session::Find(attempt->env, attempt->session);
  if (session == nullptr) return;
  const auth::Identity proof = missing.empty() ? ProofOf(attempt->identity) : attempt->identity;
  EnterLogin(*session, proof, [attempt, missing](const absl::StatusOr<Entry>& entry) {
    Session* found = Session::Find(attempt->env, attempt->session);
    if (found == nullptr) return;
    if (!entry.ok()) return Refuse(attempt, entry.status());
    if (missing.empty()) return Answer(attempt, Fault::kOk, Admit(*found, *entry));
    Answer(attempt, Fault::kValidateCredentials, AskForCredentials(*entry, missing));
  });
}

void CheckMissing(const AttemptPtr& attempt) {
  attempt->env.credentials.FindMissing(
      attempt->identity.user, attempt->identity.level,
      [attempt](const absl::StatusOr<std::vector<std::string>>& missing) {
        if (!missing.ok()) return Refuse(attempt, missing.status());
        Enter(attempt, *missing);
      });
}

void TakeResponses(const AttemptPtr& attempt) {
  const SessionEnv& env = attempt->env;
  topic::TakeCredentials command;
  command.credentials = attempt->responses;
  command.level = attempt->identity.level;
  command.answer = [attempt, &shard = env.router.shard()](const absl::Status& status) {
    shard.Post([attempt, status] {
      // A wrong response only means that something is missing still.
      if (status.ok() || model::FaultOf(status) == Fault::kInvalidResponse) {
        return CheckMissing(attempt);
      }
      Refuse(attempt, status);
    });
  };
  env.router.Send(model::TopicName::Me(attempt->identity.user), std::move(command));
}

// Takes the responses, if there are any, and looks at what is missing then.
void CheckCredentials(const AttemptPtr& attempt) {
  const SessionEnv& env = attempt->env;
  std::erase_if(attempt->responses,
                [](const model::Credential& response) { return response.response.empty(); });
  const bool needs_none = env.credentials.registry().Required(attempt->identity.level).empty();
  if (attempt->identity.validated || needs_none) return Enter(attempt, {});
  if (attempt->responses.empty()) return CheckMissing(attempt);
  CheckLogin(env, attempt->identity, [attempt](const absl::Status& status) {
    status.ok() ? TakeResponses(attempt) : Refuse(attempt, status);
  });
}

// A token outlives a demotion: root is who has a record that says so still.
void ConfirmRoot(const AttemptPtr& attempt) {
  attempt->env.authenticator.FindRecords(
      attempt->identity.user,
      [attempt](const absl::StatusOr<std::vector<store::AuthRecord>>& records) {
        if (!records.ok()) return Refuse(attempt, records.status());
        const bool is_root =
            std::any_of(records->begin(), records->end(), [](const store::AuthRecord& record) {
              return record.level == model::AuthLevel::kRoot;
            });
        if (!is_root) attempt->identity.level = model::AuthLevel::kAuth;
        CheckCredentials(attempt);
      });
}

void OnUser(const AttemptPtr& attempt,
            const absl::StatusOr<std::optional<store::UserRecord>>& user) {
  const absl::Status status = CheckAccount(user);
  if (!status.ok()) return Refuse(attempt, status);
  if (attempt->identity.level == model::AuthLevel::kRoot) return ConfirmRoot(attempt);
  CheckCredentials(attempt);
}

void Reset(Session& session, const std::string& id, const std::string& secret) {
  session.Await();
  const SessionEnv& env = session.env();
  env.reset_codes.Ask(secret, session.state().language,
                      [&env, handle = session.handle(), id](const absl::Status& status) {
                        Session* found = Session::Find(env, handle);
                        if (found == nullptr) return;
                        found->Reply(id, "",
                                     status.ok() ? Fault::kAuthReset : model::FaultOf(status));
                        found->Resume();
                      });
}

}  // namespace

void Handle(Session& session, const model::Request& request, model::Login login) {
  if (login.scheme == "reset") return Reset(session, request.id, login.secret);
  if (session.state().phase == Session::Phase::kAuthenticated) {
    return session.Reply(request.id, "", Fault::kAlreadyAuthenticated);
  }
  session.Await();
  const SessionEnv& env = session.env();
  const auto attempt = std::make_shared<Attempt>(
      Attempt{env, session.handle(), request.id, std::move(login.credentials), {}});
  CheckSecret(env, login.scheme, std::move(login.secret), session.state().remote_address,
              [attempt](const absl::StatusOr<auth::Identity>& identity) {
                if (!identity.ok()) return Refuse(attempt, identity.status());
                attempt->identity = *identity;
                attempt->env.router.store().FindUser(
                    identity->user, [attempt](const auto& user) { OnUser(attempt, user); });
              });
}

}  // namespace molva::session
