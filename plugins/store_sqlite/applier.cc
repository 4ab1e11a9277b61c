#include "applier.h"

#include <algorithm>
#include <string>

namespace molva::store_sqlite {
namespace {

// Whether the batch has only what a conversation produces all the time.
bool IsHot(const molva_batch& batch) {
  for (std::size_t i = 0; i < batch.change_count; ++i) {
    const molva_change_kind kind = MOLVA_AT(molva_change, batch.changes, i)->kind;
    if (kind != MOLVA_APPEND_MESSAGE && kind != MOLVA_RAISE_MARKS) return false;
  }
  return true;
}

template <typename Body>
const Body& BodyOf(const molva_change& change) {
  return *static_cast<const Body*>(change.body);
}

}  // namespace

Outcome Applier::CheckExpect(molva_expect expect, bool exists, const char* what) {
  if (expect == MOLVA_EXPECT_ABSENT && exists) {
    return {MOLVA_ALREADY_EXISTS, std::string(what) + " exists already"};
  }
  if (expect == MOLVA_EXPECT_PRESENT && !exists) {
    return {MOLVA_NOT_FOUND, std::string("no such ") + what};
  }
  return Done();
}

Outcome Applier::NeedsSavepoint(const molva_batch& batch, bool* needed) {
  int appends = 0;
  *needed = !gathers_marks_;
  for (std::size_t i = 0; i < batch.change_count && !*needed; ++i) {
    const molva_change& change = *MOLVA_AT(molva_change, batch.changes, i);
    if (change.kind != MOLVA_APPEND_MESSAGE) continue;
    const auto& message = BodyOf<molva_message>(change);
    TopicState* topic = nullptr;
    MOLVA_RETURN_UNLESS_OK(topics_.Find(message.topic, &topic));
    // A new epoch is a second statement.
    *needed = ++appends > 1 || (topic != nullptr && message.epoch > topic->epoch);
  }
  return Done();
}

Outcome Applier::Apply(const molva_batch& batch) {
  topics_.StartBatch();
  of_this_batch_.clear();
  gathers_marks_ = IsHot(batch);
  bool needs_savepoint = false;
  Outcome outcome = NeedsSavepoint(batch, &needs_savepoint);
  if (outcome.ok() && !gathers_marks_) {
    // What this batch does to subscriptions must come after the marks of earlier ones.
    outcome = Finish();
    is_broken_ = !outcome.ok();
  }
  if (outcome.ok()) outcome = needs_savepoint ? ApplyInSavepoint(batch) : ApplyAll(batch);
  if (!outcome.ok()) {
    topics_.ForgetTouched();
    is_broken_ = is_broken_ || !connection_.InTransaction();
    return outcome;
  }
  for (const auto& [key, marks] : of_this_batch_) {
    Marks& gathered = gathered_[key];
    gathered.recv = std::max(gathered.recv, marks.recv);
    gathered.read = std::max(gathered.read, marks.read);
  }
  return Done();
}

Outcome Applier::ApplyInSavepoint(const molva_batch& batch) {
  MOLVA_RETURN_UNLESS_OK(connection_.Run("SAVEPOINT batch"));
  Outcome outcome = ApplyAll(batch);
  if (outcome.ok()) outcome = connection_.Run("RELEASE batch");
  if (outcome.ok()) return outcome;
  const bool is_undone = connection_.InTransaction() && connection_.Run("ROLLBACK TO batch").ok() &&
                         connection_.Run("RELEASE batch").ok();
  is_broken_ = is_broken_ || !is_undone;
  return outcome;
}

Outcome Applier::ApplyAll(const molva_batch& batch) {
  for (std::size_t i = 0; i < batch.change_count; ++i) {
    MOLVA_RETURN_UNLESS_OK(ApplyOne(*MOLVA_AT(molva_change, batch.changes, i)));
  }
  return Done();
}

Outcome Applier::ApplyOne(const molva_change& change) {
  switch (change.kind) {
    case MOLVA_PUT_USER:
      return PutUser(BodyOf<molva_user>(change), change.expect);
    case MOLVA_PUT_LAST_SEEN:
      return PutLastSeen(BodyOf<molva_user>(change));
    case MOLVA_PUT_TOPIC:
      return PutTopic(BodyOf<molva_topic>(change), change.expect);
    case MOLVA_ERASE_TOPIC:
      return EraseTopic(BodyOf<molva_key>(change));
    case MOLVA_HIDE_TOPIC:
      return HideTopic(BodyOf<molva_key>(change));
    case MOLVA_PUT_SUBSCRIPTION:
      return PutSubscription(BodyOf<molva_subscription>(change), change.expect);
    case MOLVA_RAISE_MARKS:
      return RaiseMarks(BodyOf<molva_subscription>(change));
    case MOLVA_APPEND_MESSAGE:
      return AppendMessage(BodyOf<molva_message>(change));
    case MOLVA_PUT_DELETION:
      return PutDeletion(BodyOf<molva_deletion>(change));
    case MOLVA_ERASE_DELETIONS:
      return EraseDeletions(BodyOf<molva_key>(change));
    case MOLVA_PUT_AUTH:
      return PutAuth(BodyOf<molva_auth_record>(change), change.expect);
    case MOLVA_ERASE_AUTH:
      return EraseAuth(BodyOf<molva_key>(change));
    case MOLVA_ERASE_USER:
      return EraseUser(BodyOf<molva_key>(change));
    case MOLVA_PUT_VALUE:
      return PutValue(BodyOf<molva_key>(change), change.expect);
    case MOLVA_ERASE_VALUE:
      return EraseValue(BodyOf<molva_key>(change));
    default:
      return {MOLVA_UNSUPPORTED, "unknown kind of change " + std::to_string(change.kind)};
  }
}

Outcome Applier::WriteMarks(const MarksMap& all) {
  for (const auto& [key, marks] : all) {
    const auto& [topic, user, is_reader] = key;
    MOLVA_RETURN_UNLESS_OK(
        connection_.Run("UPDATE subscription SET recv = max(recv, ?), read = max(read, ?)"
                        " WHERE topic = ? AND user = ? AND is_reader = ?",
                        marks.recv, marks.read, topic, user, is_reader));
  }
  return Done();
}

Outcome Applier::Finish() {
  const MarksMap marks = std::exchange(gathered_, {});
  return WriteMarks(marks);
}

void Applier::Forget() {
  topics_.ForgetAll();
  gathered_.clear();
  is_broken_ = false;
}

}  // namespace molva::store_sqlite
