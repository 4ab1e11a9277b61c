#include "topic/account_work.h"

#include <absl/strings/numbers.h>
#include <fmt/core.h>

#include <array>
#include <limits>
#include <string_view>

#include "base/log.h"
#include "base/strings.h"
#include "store/login_record.h"
#include "topic/me_presence.h"

namespace molva::topic {
namespace {

using model::Fault;
using model::TopicKind;
using model::TopicName;
using Settled = TopicSettled::Outcome;

constexpr char kNotePrefix[] = "account_task/";
constexpr std::int32_t kMostNotes = 100'000;
constexpr std::size_t kMostAsked = 8;
constexpr absl::Duration kFirstDelay = absl::Seconds(1);
constexpr absl::Duration kLongestDelay = absl::Minutes(10);
// A topic that has not answered by then was not able to take the question.
constexpr absl::Duration kPatience = absl::Seconds(30);

constexpr std::array<std::pair<AccountTask, std::string_view>, 4> kWords = {{
    {AccountTask::kFreeze, "freeze"},
    {AccountTask::kThaw, "thaw"},
    {AccountTask::kEndSoft, "end_soft"},
    {AccountTask::kEndHard, "end_hard"},
}};

std::string NoteKey(model::UserId user) { return kNotePrefix + user.ToString(); }

// The task's word and when it began.
std::string NoteText(AccountTask task, absl::Time begun) {
  for (const auto& [known, word] : kWords) {
    if (known == task) return fmt::format("{} {}", word, absl::ToUnixMillis(begun));
  }
  return {};
}

std::optional<ResumeAccount> ReadNote(std::string_view text) {
  const std::size_t space = std::min(text.find(' '), text.size());
  std::int64_t begun = 0;
  for (const auto& [task, word] : kWords) {
    if (text.substr(0, space) != word) continue;
    if (!absl::SimpleAtoi(base::ToAbsl(text.substr(std::min(space + 1, text.size()))), &begun)) {
      return std::nullopt;
    }
    return ResumeAccount{task, absl::FromUnixMillis(begun)};
  }
  return std::nullopt;
}

store::UserRecord Marked(store::UserRecord user, AccountTask task) {
  switch (task) {
    case AccountTask::kFreeze:
      user.state = store::State::kSuspended;
      break;
    case AccountTask::kThaw:
      user.state = store::State::kOk;
      break;
    case AccountTask::kEndSoft:
    case AccountTask::kEndHard:
      user.state = store::State::kDeleted;
      user.tags.clear();
      break;
  }
  return user;
}

store::SubscriptionRecord Ended(store::SubscriptionRecord record, absl::Time now) {
  record.deleted = record.updated = now;
  record.read = record.recv = 0;
  record.del_id = 0;
  return record;
}

// The user's place in one of his own topics, given up.
store::SubscriptionRecord EndedOwn(model::UserId user, TopicName topic, absl::Time now) {
  store::SubscriptionRecord record;
  record.topic = topic;
  record.user = user;
  record.created = now;
  record.want = record.given = model::access::kSelf;
  return Ended(std::move(record), now);
}

}  // namespace

AccountWork::AccountWork(std::shared_ptr<MeState> me, AccountTask task, absl::Time begun, Over over)
    : me_(std::move(me)), task_(task), begun_(begun), over_(std::move(over)), delay_(kFirstDelay) {}

AccountWork::~AccountWork() { me_->env.shard.CancelTimer(timer_); }

// What is read of somebody who ends.
struct AccountWork::Leaving {
  ChangeAccount command;
  store::Batch along;
  int reads = 2;  // under way
  absl::Status status;
};

// Who ends leaves his contacts to others, and has no devices any more.
void AccountWork::Begin(const ChangeAccount& command) {
  if (!IsEnd(task_)) return Mark(command, command.along);
  using Contacts = absl::StatusOr<std::vector<store::CredentialRecord>>;
  using Devices = absl::StatusOr<std::vector<store::DeviceRecord>>;
  const auto leaving = std::make_shared<Leaving>(Leaving{command, command.along, 2, {}});
  me_->env.store.ListCredentials(
      me_->user_id(), [self = shared_from_this(), leaving](const Contacts& rows) {
        if (!rows.ok()) return self->OnRead(*leaving, rows.status());
        for (const store::CredentialRecord& row : *rows) {
          leaving->along.emplace_back(store::EraseCredential{row.user, row.method, row.value});
        }
        self->OnRead(*leaving, absl::OkStatus());
      });
  me_->env.store.ListDevices(me_->user_id(),
                             [self = shared_from_this(), leaving](const Devices& rows) {
                               if (!rows.ok()) return self->OnRead(*leaving, rows.status());
                               for (const store::DeviceRecord& row : *rows) {
                                 leaving->along.emplace_back(store::EraseDevice{row.user, row.id});
                               }
                               self->OnRead(*leaving, absl::OkStatus());
                             });
}

void AccountWork::OnRead(Leaving& leaving, const absl::Status& status) {
  leaving.status.Update(status);
  if (--leaving.reads > 0) return;
  if (leaving.status.ok()) return Mark(leaving.command, std::move(leaving.along));
  AnswerChange(*me_, leaving.command, leaving.status);
  End(leaving.status);
}

void AccountWork::Mark(const ChangeAccount& command, store::Batch along) {
  // Memory goes first: no later write of the account may undo the mark.
  const store::UserRecord before = me_->user;
  me_->user = Marked(before, task_);
  me_->user.updated = begun_;
  store::Batch batch{store::PutUser{me_->user, store::Expect::kPresent}};
  std::move(along.begin(), along.end(), std::back_inserter(batch));
  batch.emplace_back(store::PutValue{NoteKey(me_->user_id()), NoteText(task_, begun_)});
  me_->env.store.Write(std::move(batch),
                       [self = shared_from_this(), command, before](const absl::Status& status) {
                         self->OnMarked(command, before, status);
                       });
}

void AccountWork::OnMarked(const ChangeAccount& command, const store::UserRecord& before,
                           const absl::Status& status) {
  AnswerChange(*me_, command, status);
  if (!status.ok()) {
    me_->user = before;
    return End(status);
  }
  if (task_ != AccountTask::kThaw) me_->env.outbound.EndSessions(me_->user_id());
  // The desk for this user is on the shard of his `me`.
  if (me_->env.outbound.has_pushers()) {
    me_->env.outbound.Push(me_->env.shard.index(), push::ForgetUser{me_->user_id()});
  }
  if (IsEnd(task_)) AnnounceUserOffline(*me_);
  Round();
}

void AccountWork::Resume() { Round(); }

void AccountWork::Cancel() {
  over_ = nullptr;
  me_->env.shard.CancelTimer(timer_);
  timer_ = runtime::TimerId::kNone;
}

// Asks for the topics anew: what was begun before the mark may have come to be since.
void AccountWork::Round() {
  if (over_ == nullptr) return;
  me_->env.store.ListContacts(me_->user_id(), [self = shared_from_this()](const auto& contacts) {
    self->OnContacts(contacts);
  });
}

bool AccountWork::Concerns(const store::Contact& contact) const {
  const store::SubscriptionRecord& own = contact.subscription;
  if (own.deleted.has_value() || settled_.contains(own.topic)) return false;
  if (IsEnd(task_)) return true;
  return !own.is_reader &&
         (own.topic.kind() == TopicKind::kP2p || contact.topic.owner == me_->user_id());
}

// A home that never answers cannot be left properly.
bool AccountWork::NeedsNoTopic(const store::Contact& contact) const {
  const absl::Duration age = me_->env.shard.Now() - begun_;
  return !contact.topic.home.empty() && age > me_->env.limits.leave_patience;
}

void AccountWork::OnContacts(const absl::StatusOr<std::vector<store::Contact>>& contacts) {
  if (over_ == nullptr) return;
  if (!contacts.ok()) return RetryLater();
  to_ask_.clear();
  asked_.clear();
  some_later_ = false;
  store::Batch alone;
  for (const store::Contact& contact : *contacts) {
    if (!Concerns(contact)) continue;
    const store::SubscriptionRecord& own = contact.subscription;
    if (IsEnd(task_) && NeedsNoTopic(contact)) {
      alone.emplace_back(store::PutSubscription{Ended(own, me_->env.shard.Now())});
    } else {
      to_ask_.push_back(own.topic);
    }
  }
  if (to_ask_.empty() && alone.empty()) return Finish();
  if (alone.empty()) return AskMore();
  me_->env.store.Write(std::move(alone), [self = shared_from_this()](const absl::Status& status) {
    status.ok() ? self->Round() : self->RetryLater();
  });
}

void AccountWork::AskMore() {
  while (asked_.size() < kMostAsked && !to_ask_.empty()) {
    const TopicName topic = to_ask_.back();
    to_ask_.pop_back();
    asked_.insert(topic);
    me_->env.outbound.Send(topic, AccountChanged{me_->user_id(), task_});
  }
  if (!asked_.empty()) return RetryAfter(kPatience);
  some_later_ ? RetryLater() : Round();
}

void AccountWork::OnSettled(const TopicSettled& settled) {
  if (over_ == nullptr || asked_.erase(settled.topic) == 0) return;
  if (settled.outcome == Settled::kDone) {
    settled_.insert(settled.topic);
  } else {
    some_later_ = true;
  }
  AskMore();
}

void AccountWork::RetryAfter(absl::Duration delay) {
  if (over_ == nullptr) return;
  me_->env.shard.CancelTimer(timer_);
  timer_ = me_->env.shard.StartTimer(delay, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Round();
  });
}

void AccountWork::RetryLater() {
  RetryAfter(delay_);
  delay_ = std::min(2 * delay_, kLongestDelay);
}

void AccountWork::Finish() {
  const model::UserId user = me_->user_id();
  store::Batch batch;
  if (task_ == AccountTask::kEndHard) {
    batch.emplace_back(store::EraseUser{user});
  } else if (task_ == AccountTask::kEndSoft) {
    const absl::Time now = me_->env.shard.Now();
    batch.emplace_back(store::PutSubscription{EndedOwn(user, me_->name, now)});
    batch.emplace_back(store::PutSubscription{EndedOwn(user, TopicName::Fnd(user), now)});
  }
  batch.emplace_back(store::EraseValue{NoteKey(user)});
  if (!IsEnd(task_)) return Conclude(std::move(batch));
  using Values = absl::StatusOr<std::vector<std::pair<std::string, std::string>>>;
  me_->env.store.ListValues(
      store::LoginPrefix(user), std::numeric_limits<std::int32_t>::max(),
      [self = shared_from_this(), batch = std::move(batch)](const Values& logins) mutable {
        if (!logins.ok()) return self->RetryLater();
        for (const auto& [key, value] : *logins) batch.emplace_back(store::EraseValue{key});
        self->Conclude(std::move(batch));
      });
}

void AccountWork::Conclude(store::Batch batch) {
  if (over_ == nullptr) return;
  me_->env.store.Write(std::move(batch), [self = shared_from_this()](const absl::Status& status) {
    if (self->over_ == nullptr) return;
    if (!status.ok()) return self->RetryLater();
    // A login that was being checked when the account was marked may have passed meanwhile.
    if (self->task_ != AccountTask::kThaw) {
      self->me_->env.outbound.EndSessions(self->me_->user_id());
    }
    self->End(status);
  });
}

void AccountWork::End(const absl::Status& status) {
  me_->env.shard.CancelTimer(timer_);
  timer_ = runtime::TimerId::kNone;
  if (over_ != nullptr) std::exchange(over_, nullptr)(status);
}

void AnswerChange(const MeState& me, const ChangeAccount& command, const absl::Status& status) {
  if (command.answer != nullptr) return command.answer(status);
  me.Reply(command.from, model::FaultOf(status));
}

void ResumeAccountWork(const TopicEnv& env) {
  env.store.ListValues(kNotePrefix, kMostNotes, [&env](const auto& notes) {
    if (!notes.ok()) {
      base::LogWarning("accounts under change not read",
                       {{"error", std::string(notes.status().message())}});
      env.shard.StartTimer(kFirstDelay, [&env] { ResumeAccountWork(env); });
      return;
    }
    for (const auto& [key, text] : *notes) {
      const auto user = model::UserId::Parse(std::string_view(key).substr(sizeof(kNotePrefix) - 1));
      const std::optional<ResumeAccount> task = ReadNote(text);
      if (user.ok() && task.has_value()) {
        env.outbound.Send(TopicName::Me(*user), *task);
      } else {
        base::LogError("unknown task of an account", {{"key", key}, {"task", text}});
      }
    }
  });
}

}  // namespace molva::topic
