// acc: new accounts; new secrets, contacts and another state for old ones.
#include <memory>
#include <utility>

#include "base/strings.h"
#include "session/account_start.h"
#include "session/account_state.h"
#include "session/check_secret.h"
#include "session/handlers/handlers.h"
#include "session/login_reply.h"
#include "session/logins.h"
#include "session/session.h"

namespace molva::session {
namespace {

using model::Fail;
using model::Fault;

// Whose account is changed, and what he may do there.
struct Target {
  model::UserId user;
  model::AuthLevel level = model::AuthLevel::kNone;
};

// Answers when it is done, whether or not the request was waited for.
auto Finisher(const Session& session, const std::string& id) {
  return [&env = session.env(), handle = session.handle(), id](const absl::Status& status,
                                                               model::JsonFields params = {}) {
    Session* found = Session::Find(env, handle);
    if (found == nullptr) return;
    found->Reply(id, "", model::FaultOf(status), std::move(params));
    found->Resume();
  };
}

// Whose account shall be changed, if this session may change it.
absl::StatusOr<Target> CheckUpdate(const Session& session, const model::Acc& acc) {
  const Session::State& state = session.state();
  const bool is_root = state.level == model::AuthLevel::kRoot;
  if (state.phase != Session::Phase::kAuthenticated) {
    return Fail(Fault::kPermissionDenied, "whose account is not said");
  }
  Target target{state.user, state.level};
  if (!acc.user.empty()) {
    const absl::StatusOr<model::UserId> named = session.env().names.ParseUser(acc.user);
    if (!named.ok()) return Fail(Fault::kMalformed, "not a user id");
    target.user = *named;
  }
  if (target.user != state.user && !is_root) {
    return Fail(Fault::kPermissionDenied, "only root changes the accounts of others");
  }
  if (target.user != state.user) target.level = acc.auth_level;
  if (session.env().names.IsForeign(target.user)) {
    return Fail(Fault::kUserNotFound, "an account of another server");
  }
  if (!acc.status.empty() && !is_root) return Fail(Fault::kPermissionDenied, "status is for root");
  return target;
}

void ChangeState(Session& session, const model::Request& request, model::UserId user,
                 const std::string& status) {
  const absl::StatusOr<store::State> state = NewState(session, status);
  if (!state.ok()) return session.Reply(request.id, "", model::FaultOf(state.status()));
  topic::ChangeAccount change;
  change.from = session.MakeRequester(request, "");
  change.task =
      *state == store::State::kSuspended ? topic::AccountTask::kFreeze : topic::AccountTask::kThaw;
  session.env().router.Send(model::TopicName::Me(user), std::move(change));
}

void ChangeSecret(Session& session, const std::string& id, model::UserId user, model::Acc acc) {
  session.Await();
  const SessionEnv& env = session.env();
  env.authenticator.PrepareChange(
      base::AsciiLower(acc.scheme), std::move(acc.secret), user,
      [&env, user,
       finish = Finisher(session, id)](absl::StatusOr<auth::Authenticator::Change> change) {
        if (!change.ok()) return finish(change.status(), DescribeChallenge(change.status()));
        auto made = std::make_shared<auth::Authenticator::Change>(*std::move(change));
        env.router.store().Write(
            std::move(made->batch), [&env, user, made, finish](const absl::Status& status) {
              if (status.ok() && made->tags != made->former_tags) {
                env.router.Send(model::TopicName::Me(user),
                                topic::SwapTags{made->former_tags, made->tags});
              }
              // The record has changed since it was looked at: a code was used, or used up.
              if (absl::IsAborted(status)) {
                return finish(Fail(Fault::kAuthenticationFailed, "another request was faster"));
              }
              const bool tells = status.ok() && !made->told.empty();
              model::JsonFields params;
              if (tells) params.emplace_back(made->told_as, model::JsonTextArray(made->told));
              finish(status, std::move(params));
            });
      });
}

void ChangeCredentials(Session& session, const std::string& id, const Target& target,
                       model::Acc acc) {
  if (target.level == model::AuthLevel::kNone) {
    return Finisher(session, id)(Fail(Fault::kMalformed, "the level of the account is not said"));
  }
  session.Await();
  topic::TakeCredentials command;
  command.credentials = std::move(acc.credentials);
  command.level = target.level;
  command.language = session.state().language;
  command.answer = [&shard = session.env().router.shard(),
                    finish = Finisher(session, id)](const absl::Status& status) {
    shard.Post([finish, status] { finish(status); });
  };
  session.env().router.Send(model::TopicName::Me(target.user), std::move(command));
}

// A secret that is good for this one change has shown who it is.
void UpdateByProof(Session& session, const std::string& id, const auth::Identity& proof,
                   model::Acc acc) {
  const auto refuse = [&](Fault fault) {
    session.Reply(id, "", fault);
    session.Resume();
  };
  if (!acc.user.empty()) return refuse(Fault::kMalformed);
  if (!acc.status.empty()) return refuse(Fault::kPermissionDenied);
  // The token in a letter to a contact that is not confirmed: a stranger may have got it.
  if (proof.level == model::AuthLevel::kNone) return refuse(Fault::kPermissionDenied);
  if (!acc.scheme.empty()) return ChangeSecret(session, id, proof.user, std::move(acc));
  if (acc.credentials.empty()) return refuse(Fault::kMalformed);
  ChangeCredentials(session, id, {proof.user, proof.level}, std::move(acc));
}

// The token of a login that was ended proves nothing more.
void CheckProof(Session& session, const std::string& id, const auth::Identity& proof,
                model::Acc acc) {
  const SessionEnv& env = session.env();
  CheckLogin(env, proof,
             [&env, handle = session.handle(), id, proof,
              acc = std::move(acc)](const absl::Status& status) mutable {
               Session* found = Session::Find(env, handle);
               if (found == nullptr) return;
               if (status.ok()) return UpdateByProof(*found, id, proof, std::move(acc));
               found->Reply(id, "", model::FaultOf(status), {{"what", model::JsonText("auth")}});
               found->Resume();
             });
}

void UpdateBySecret(Session& session, const std::string& id, model::Acc acc) {
  if (session.state().phase == Session::Phase::kAuthenticated) {
    return session.Reply(id, "", Fault::kAlreadyAuthenticated);
  }
  session.Await();
  const SessionEnv& env = session.env();
  std::string secret = std::move(acc.tmp_secret);
  std::string scheme = acc.tmp_scheme;
  CheckSecret(env, scheme, std::move(secret), session.state().remote_address,
              [&env, handle = session.handle(), id,
               acc = std::move(acc)](const absl::StatusOr<auth::Identity>& proof) mutable {
                Session* found = Session::Find(env, handle);
                if (found == nullptr) return;
                if (proof.ok()) return CheckProof(*found, id, *proof, std::move(acc));
                const Fault fault = model::FaultOf(proof.status());
                model::JsonFields params = DescribeChallenge(proof.status());
                if (fault != Fault::kUnknownScheme) {
                  params.emplace_back("what", model::JsonText("auth"));
                }
                found->Reply(id, "", fault, std::move(params));
                found->Resume();
              });
}

}  // namespace

void Handle(Session& session, const model::Request& request, model::Acc acc) {
  if (acc.user.starts_with("new")) return StartAccount(session, request, std::move(acc));
  if (!acc.tmp_scheme.empty()) return UpdateBySecret(session, request.id, std::move(acc));
  const absl::StatusOr<Target> target = CheckUpdate(session, acc);
  if (!target.ok()) return session.Reply(request.id, "", model::FaultOf(target.status()));
  if (!acc.scheme.empty()) return ChangeSecret(session, request.id, target->user, std::move(acc));
  if (!acc.credentials.empty()) {
    return ChangeCredentials(session, request.id, *target, std::move(acc));
  }
  if (!acc.status.empty()) return ChangeState(session, request, target->user, acc.status);
  session.Reply(request.id, "", Fault::kMalformed);
}

}  // namespace molva::session
