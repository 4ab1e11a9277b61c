#include "session/account_end.h"

#include "base/status_macros.h"
#include "session/session.h"

namespace molva::session {
namespace {

using model::Fail;
using model::Fault;
using model::UserId;

// Whose account ends, if this session may end it.
absl::StatusOr<UserId> AccountToEnd(const Session& session, const std::string& text) {
  const Session::State& state = session.state();
  const bool is_root = state.level == model::AuthLevel::kRoot;
  const absl::StatusOr<UserId> named =
      text.empty() ? state.user : session.env().names.ParseUser(text);
  if (named.ok() && *named == state.user) {
    if (session.env().limits.accounts == Limits::Accounts::kPermanent && !is_root) {
      return Fail(Fault::kPolicyViolation, "accounts are permanent");
    }
    return *named;
  }
  if (!is_root) return Fail(Fault::kPermissionDenied, "only root ends the accounts of others");
  if (!named.ok() || session.env().names.IsForeign(*named)) {
    return Fail(Fault::kMalformed, "not a user of this server");
  }
  return *named;
}

}  // namespace

void EndAccount(Session& session, const model::Request& request, const model::Del& del) {
  const absl::StatusOr<UserId> target = AccountToEnd(session, del.user);
  if (!target.ok()) return session.Reply(request.id, "", model::FaultOf(target.status()));
  topic::ChangeAccount change;
  change.from = session.MakeRequester(request, "");
  change.task = del.hard ? topic::AccountTask::kEndHard : topic::AccountTask::kEndSoft;
  const SessionEnv& env = session.env();
  env.authenticator.PrepareEnd(
      *target, [&env, user = *target, change = std::move(change)](
                   const absl::StatusOr<std::vector<store::AuthRecord>>& records) mutable {
        if (!records.ok()) {
          if (Session* asker = Session::Find(env, change.from.session)) {
            asker->Reply(change.from.request_id, "", model::FaultOf(records.status()));
          }
          return;
        }
        for (const store::AuthRecord& record : *records) {
          change.along.emplace_back(store::EraseAuth{record.scheme, record.unique});
        }
        env.router.Send(model::TopicName::Me(user), std::move(change));
      });
}

}  // namespace molva::session
