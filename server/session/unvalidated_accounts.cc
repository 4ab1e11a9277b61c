#include "session/unvalidated_accounts.h"

#include <absl/strings/numbers.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/strings.h"

namespace molva::session {
namespace {

using store::CredentialRecord;
using Values = std::vector<std::pair<std::string, std::string>>;

constexpr absl::Duration kPause = absl::Minutes(10);
constexpr std::int32_t kMostPerRound = 100;

// What a key of validation::UnvalidatedKey says.
struct Mark {
  std::string key;
  absl::Time created;
  model::UserId user;
};

std::optional<Mark> ReadMark(const std::string& key) {
  const std::vector<std::string_view> parts = base::SplitWords(key, '/');
  std::int64_t created = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(base::ToAbsl(parts[1]), &created)) {
    return std::nullopt;
  }
  const absl::StatusOr<model::UserId> user = model::UserId::Parse(parts[2]);
  if (!user.ok()) return std::nullopt;
  return Mark{key, absl::FromUnixMillis(created), *user};
}

void Forget(const SessionEnv& env, const std::string& key) {
  env.router.store().Write({store::EraseValue{key}}, [](const absl::Status& status) {
    if (status.ok()) return;  // otherwise the next round tries again
    base::LogWarning("the mark of an account was not erased",
                     {{"error", std::string(base::ToStd(status.message()))}});
  });
}

void End(const SessionEnv& env, const Mark& mark) {
  env.authenticator.PrepareEnd(
      mark.user, [&env, mark](const absl::StatusOr<std::vector<store::AuthRecord>>& records) {
        if (!records.ok()) return;  // the next round tries again
        topic::ChangeAccount change;
        change.task = topic::AccountTask::kEndHard;
        change.from.received = env.router.shard().Now();
        for (const store::AuthRecord& record : *records) {
          change.along.emplace_back(store::EraseAuth{record.scheme, record.unique});
        }
        change.along.emplace_back(store::EraseValue{mark.key});
        change.answer = [user = mark.user](const absl::Status& status) {
          if (!status.ok()) return;
          base::LogInfo("an account that was never validated is erased",
                        {{"user", user.ToString()}});
        };
        env.router.Send(model::TopicName::Me(mark.user), std::move(change));
      });
}

void Inspect(const SessionEnv& env, const Mark& mark) {
  using Found = absl::StatusOr<std::optional<store::UserRecord>>;
  env.router.store().FindUser(mark.user, [&env, mark](const Found& user) {
    if (!user.ok()) return;
    if (!user->has_value() || (*user)->last_seen.has_value()) return Forget(env, mark.key);
    using Rows = absl::StatusOr<std::vector<CredentialRecord>>;
    env.router.store().ListCredentials(mark.user, [&env, mark](const Rows& rows) {
      if (!rows.ok()) return;
      const bool has_shown_one =
          std::any_of(rows->begin(), rows->end(), [](const auto& row) { return row.is_done; });
      if (has_shown_one) return Forget(env, mark.key);
      End(env, mark);
    });
  });
}

void Round(const SessionEnv& env, absl::Duration age) {
  env.router.store().ListValues(validation::kUnvalidatedPrefix, kMostPerRound,
                                [&env, age](const absl::StatusOr<Values>& values) {
                                  if (!values.ok()) return;
                                  for (const auto& [key, value] : *values) {
                                    const std::optional<Mark> mark = ReadMark(key);
                                    if (!mark.has_value()) {
                                      Forget(env, key);
                                    } else if (mark->created + age <= env.router.shard().Now()) {
                                      Inspect(env, *mark);
                                    }
                                  }
                                });
}

}  // namespace

void CollectUnvalidatedAccounts(const SessionEnv& env, absl::Duration age) {
  env.router.shard().StartTimer(kPause, [&env, age] {
    Round(env, age);
    CollectUnvalidatedAccounts(env, age);
  });
}

}  // namespace molva::session
