// The shard router's part in suspending and ending accounts and logins.
#include <memory>
#include <utility>

#include "router/router.h"
#include "topic/account_work.h"

namespace molva::router {

void ShardRouter::EndSessions(model::UserId user) {
  for (int shard = 0; shard < router_.size(); ++shard) Enqueue(shard, ToAccount{user});
}

// O(sessions of the shard): rare enough not to keep an index.
void ShardRouter::Open(ToAccount& parcel) {
  sessions_.ForEach([&](SessionSink& sink) { sink.OnAccountClosed(parcel.user); });
}

void ShardRouter::EndLogins(std::vector<std::uint64_t> logins) {
  const auto shared = std::make_shared<const std::vector<std::uint64_t>>(std::move(logins));
  for (int shard = 0; shard < router_.size(); ++shard) Enqueue(shard, ToLogins{shared});
}

void ShardRouter::Open(ToLogins& parcel) {
  sessions_.ForEach([&](SessionSink& sink) { sink.OnLoginsEnded(*parcel.logins); });
}

void ShardRouter::ResumeAccounts() { topic::ResumeAccountWork(env_); }

}  // namespace molva::router
