#include "session/account_desk.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/strings.h"

namespace molva::session {
namespace {

using model::AuthLevel;
using model::Fail;
using model::Fault;

// One action under way.
struct Errand {
  const SessionEnv& env;
  AccountAction action;
  AccountDone done;
  AccountState account;
  std::vector<store::AuthRecord> records;
};
using ErrandPtr = std::shared_ptr<Errand>;  // held by the answer that is waited for

void Finish(const ErrandPtr& errand, const absl::Status& status) {
  if (status.ok()) return errand->done(errand->account);
  errand->done(status);
}

void SetLevel(const ErrandPtr& errand, AuthLevel level) {
  if (errand->records.empty()) {
    return Finish(errand, Fail(Fault::kPolicyViolation, "the account has no secret of its own"));
  }
  if (errand->account.level == level) {
    return Finish(errand, Fail(Fault::kNotModified, "the account has this level"));
  }
  store::Batch batch;
  for (store::AuthRecord& record : errand->records) {
    record.level = level;
    batch.emplace_back(store::PutAuth{record, store::Expect::kPresent});
  }
  errand->env.router.store().Write(std::move(batch), [errand, level](const absl::Status& status) {
    if (status.ok()) errand->account.level = level;
    if (status.ok() && level != AuthLevel::kRoot) {
      errand->env.router.EndSessions(errand->account.user);
    }
    Finish(errand, status);
  });
}

void ChangeState(const ErrandPtr& errand, topic::AccountTask task, store::State state) {
  topic::ChangeAccount change;
  change.task = task;
  change.from.received = errand->env.router.shard().Now();
  if (topic::IsEnd(task)) {
    for (const store::AuthRecord& record : errand->records) {
      change.along.emplace_back(store::EraseAuth{record.scheme, record.unique});
    }
  }
  change.answer = [errand, state](const absl::Status& status) {
    if (status.ok()) errand->account.state = state;
    Finish(errand, status);
  };
  errand->env.router.Send(model::TopicName::Me(errand->account.user), std::move(change));
}

void Act(const ErrandPtr& errand) {
  switch (errand->action) {
    case AccountAction::kShow:
      return Finish(errand, absl::OkStatus());
    case AccountAction::kPromote:
      return SetLevel(errand, AuthLevel::kRoot);
    case AccountAction::kDemote:
      return SetLevel(errand, AuthLevel::kAuth);
    case AccountAction::kSuspend:
      return ChangeState(errand, topic::AccountTask::kFreeze, store::State::kSuspended);
    case AccountAction::kRestore:
      return ChangeState(errand, topic::AccountTask::kThaw, store::State::kOk);
    case AccountAction::kEnd:
      return ChangeState(errand, topic::AccountTask::kEndHard, store::State::kDeleted);
  }
}

void FindRecords(const ErrandPtr& errand) {
  auto act = [errand](absl::StatusOr<std::vector<store::AuthRecord>> records) {
    if (!records.ok()) return Finish(errand, records.status());
    errand->records = *std::move(records);
    for (const store::AuthRecord& record : errand->records) {
      errand->account.level = std::max(errand->account.level, record.level);
    }
    Act(errand);
  };
  auth::Authenticator& authenticator = errand->env.authenticator;
  const model::UserId user = errand->account.user;
  errand->action == AccountAction::kEnd ? authenticator.PrepareEnd(user, std::move(act))
                                        : authenticator.FindRecords(user, std::move(act));
}

void FindUser(const ErrandPtr& errand, model::UserId user) {
  errand->account.user = user;
  errand->env.router.store().FindUser(
      user, [errand](const absl::StatusOr<std::optional<store::UserRecord>>& found) {
        if (!found.ok()) return Finish(errand, found.status());
        if (!found->has_value() || !(*found)->origin.empty()) {
          return Finish(errand, Fail(Fault::kUserNotFound, "no such account"));
        }
        errand->account.state = (*found)->state;
        FindRecords(errand);
      });
}

}  // namespace

void DoToAccount(const SessionEnv& env, AccountAction action, const std::string& login,
                 AccountDone done) {
  const auto errand = std::make_shared<Errand>(Errand{env, action, std::move(done), {}, {}});
  if (const absl::StatusOr<model::UserId> user = model::UserId::Parse(login); user.ok()) {
    return FindUser(errand, *user);
  }
  env.router.store().FindAuth(
      "basic", base::AsciiLower(login),
      [errand](const absl::StatusOr<std::optional<store::AuthRecord>>& record) {
        if (!record.ok()) return Finish(errand, record.status());
        if (!record->has_value()) {
          return Finish(errand, Fail(Fault::kUserNotFound, "nobody logs in so"));
        }
        FindUser(errand, (*record)->user);
      });
}

}  // namespace molva::session
