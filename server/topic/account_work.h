// Suspending, restoring and ending an account: what its `me` topic makes of every topic of it.
#pragma once

#include <absl/container/flat_hash_set.h>
#include <absl/functional/any_invocable.h>

#include <vector>

#include "topic/me_topic.h"

namespace molva::topic {

// One such task. The account is marked first, in one batch with a note that the task is under way;
// then its topics are asked one by one, a few at a time; at last the note is taken away. Whatever
// stops the node in between, the next run goes on (ResumeAccountWork). Each step may be repeated.
//
// Thread:  confined to the shard of `me`.
// Owns:    shared with the store's pending completions.
// Errors:  what fails is tried again, at growing intervals.
// Source:  docs/protocol behaviour §14.2 and §14.3.
class AccountWork : public std::enable_shared_from_this<AccountWork> {
 public:
  // Called once, unless cancelled: all is done, or the first step failed and nothing has changed.
  using Over = absl::AnyInvocable<void(const absl::Status&)>;
  AccountWork(std::shared_ptr<MeState> me, AccountTask task, absl::Time begun, Over over);
  ~AccountWork();

  // The first step, then the others. Answers `command.from`.
  void Begin(const ChangeAccount& command);
  // The others.
  void Resume();
  void OnSettled(const TopicSettled& settled);
  // Another task takes the place of this one.
  void Cancel();
  AccountTask task() const { return task_; }

 private:
  struct Leaving;
  void OnRead(Leaving& leaving, const absl::Status& status);
  void Mark(const ChangeAccount& command, store::Batch along);
  void OnMarked(const ChangeAccount& command, const store::UserRecord& before,
                const absl::Status& status);
  void Round();
  void OnContacts(const absl::StatusOr<std::vector<store::Contact>>& contacts);
  bool Concerns(const store::Contact& contact) const;
  bool NeedsNoTopic(const store::Contact& contact) const;
  void AskMore();
  void RetryAfter(absl::Duration delay);
  void RetryLater();
  void Finish();
  void Conclude(store::Batch batch);
  void End(const absl::Status& status);

  const std::shared_ptr<MeState> me_;
  const AccountTask task_;
  const absl::Time begun_;
  Over over_;
  std::vector<model::TopicName> to_ask_;
  absl::flat_hash_set<model::TopicName> asked_;    // and have not answered yet
  absl::flat_hash_set<model::TopicName> settled_;  // have done their part
  bool some_later_ = false;                        // of this round
  absl::Duration delay_;
  runtime::TimerId timer_ = runtime::TimerId::kNone;
};

// Tells who asked for a change what became of it.
void AnswerChange(const MeState& me, const ChangeAccount& command, const absl::Status& status);

// Finds the notes that a former run of the node has left and hands them to their `me` topics.
void ResumeAccountWork(const TopicEnv& env);

}  // namespace molva::topic
