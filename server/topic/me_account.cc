// The `me` topic's way into changes of its account, and out of them.
#include "topic/account_work.h"

namespace molva::topic {

using model::Fail;
using model::Fault;

std::shared_ptr<AccountWork> MeTopic::MakeWork(AccountTask task, absl::Time begun) {
  return std::make_shared<AccountWork>(state_, task, begun,
                                       [weak = weak_from_this()](const absl::Status& status) {
                                         if (const auto self = weak.lock())
                                           self->OnWorkOver(status);
                                       });
}

void MeTopic::HandleAccount(const ChangeAccount& command) {
  const store::State wanted =
      command.task == AccountTask::kFreeze ? store::State::kSuspended : store::State::kOk;
  if (!IsEnd(command.task) && state_->user.state == wanted) {
    return AnswerChange(*state_, command, Fail(Fault::kNotModified, "the state it has"));
  }
  if (work_ != nullptr) work_->Cancel();
  work_ = MakeWork(command.task, state_->env.shard.Now());
  work_->Begin(command);
}

void MeTopic::HandleResume(const ResumeAccount& command) {
  if (work_ != nullptr) return;
  work_ = MakeWork(command.task, command.begun);
  if (IsEnding()) RefuseAll(Fail(Fault::kUserNotFound, "the account is gone"));
  work_->Resume();
}

void MeTopic::OnWorkOver(const absl::Status& status) {
  const bool has_ended = IsEnding() && status.ok();
  work_ = nullptr;
  if (has_ended || (phase_ == Phase::kFresh && waiting_.empty())) {
    state_->env.outbound.Unload(state_->name);
  } else if (phase_ == Phase::kReady) {
    WatchIdle();
  }
}

bool MeTopic::IsEnding() const { return work_ != nullptr && IsEnd(work_->task()); }

}  // namespace molva::topic
