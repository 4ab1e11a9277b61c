#include "session/newcomers.h"

#include <utility>

#include "base/log.h"
#include "base/strings.h"
#include "session/account.h"

namespace molva::session {

void NewcomerDesk::Begin(const auth::Newcomer& newcomer, store::Done<model::UserId> done) {
  model::Acc acc;
  acc.tags = newcomer.tags;
  acc.desc.emplace();
  acc.desc->default_access = newcomer.access;
  acc.desc->public_card = newcomer.public_card;
  acc.desc->private_note = newcomer.private_note;
  auth::NewAuth prepared;
  prepared.stores_record = false;
  prepared.level = newcomer.level;
  runtime::Shard& shard = env_.router.shard();
  const auto id = model::UserId::FromBits(names::NameBook::MakeOwnId(shard.random().Next64()));
  absl::StatusOr<NewAccount> account = MakeAccount(acc, prepared, id, shard.Now(), env_);
  if (!account.ok()) return done(account.status());
  account->user.trusted = newcomer.trusted;
  store::Batch batch = BatchFor(*account, prepared);
  if (!env_.credentials.registry().Required(newcomer.level).empty()) {
    batch.emplace_back(store::PutValue{validation::UnvalidatedKey(id, account->user.created), ""});
  }
  env_.router.store().Write(std::move(batch),
                            [id, done = std::move(done)](const absl::Status& status) mutable {
                              if (!status.ok()) return done(status);
                              done(id);
                            });
}

void NewcomerDesk::Undo(model::UserId user) {
  topic::ChangeAccount change;
  change.task = topic::AccountTask::kEndHard;
  change.from.received = env_.router.shard().Now();
  change.answer = [user](const absl::Status& status) {
    if (status.ok()) return;
    base::LogWarning(
        "an account that nobody can use was not erased",
        {{"user", user.ToString()}, {"error", std::string(base::ToStd(status.message()))}});
  };
  env_.router.Send(model::TopicName::Me(user), std::move(change));
}

}  // namespace molva::session
