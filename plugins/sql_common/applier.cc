#include "sql_common/applier.h"

#include <algorithm>
#include <string>

namespace molva::sql_common {
namespace {

// Whether a conversation produces such changes all the time.
bool IsHot(molva_change_kind kind) {
  switch (kind) {
    case MOLVA_APPEND_MESSAGE:
    case MOLVA_RAISE_MARKS:
    case MOLVA_APPEND_ENTRY:
    case MOLVA_PUT_LANE:
    case MOLVA_ERASE_ENTRIES:
    case MOLVA_REQUEST_DELIVERY:
    case MOLVA_CONFIRM_DELIVERY:
    case MOLVA_PUT_UID:
    case MOLVA_ERASE_UIDS:
    case MOLVA_PUT_DUE:
      return true;
    default:
      return false;
  }
}

bool IsHot(const molva_batch& batch) {
  for (std::size_t i = 0; i < batch.change_count; ++i) {
    if (!IsHot(MOLVA_AT(molva_change, batch.changes, i)->kind)) return false;
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

Outcome Applier::WillFit(const molva_message& message, bool* fits) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(message.topic, &topic));
  // A new epoch would fit too, but takes a second statement.
  *fits = topic != nullptr && topic->exists && message.seq == topic->last_seq + 1 &&
          message.epoch == topic->epoch;
  return Done();
}

Outcome Applier::WillFit(const molva_entry& entry, bool* fits) {
  TopicState* topic = nullptr;
  LaneCache::Lane* lane = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(entry.topic, &topic));
  if (topic != nullptr) MOLVA_RETURN_UNLESS_OK(lanes_.FindLane(topic->id, entry.lane, &lane));
  *fits = lane != nullptr && entry.n == lane->state.n + 1;
  return Done();
}

Outcome Applier::WillFit(const molva_lane& put, bool* fits) {
  TopicState* topic = nullptr;
  LaneCache::Lane* lane = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(put.topic, &topic));
  if (topic != nullptr) MOLVA_RETURN_UNLESS_OK(lanes_.FindLane(topic->id, put.lane, &lane));
  *fits = lane != nullptr && put.expected == lane->state.n && put.n >= lane->state.n;
  return Done();
}

Outcome Applier::IsCertain(const molva_batch& batch, bool* certain) {
  const molva_entry* entry = nullptr;
  const molva_lane* lane = nullptr;
  int messages = 0;
  *certain = gathers_marks_;
  for (std::size_t i = 0; i < batch.change_count && *certain; ++i) {
    const molva_change& change = *MOLVA_AT(molva_change, batch.changes, i);
    if (change.kind == MOLVA_APPEND_MESSAGE) {
      MOLVA_RETURN_UNLESS_OK(WillFit(BodyOf<molva_message>(change), certain));
      *certain = *certain && ++messages == 1;
    } else if (change.kind == MOLVA_APPEND_ENTRY) {
      MOLVA_RETURN_UNLESS_OK(WillFit(BodyOf<molva_entry>(change), certain));
      *certain = *certain && std::exchange(entry, &BodyOf<molva_entry>(change)) == nullptr;
    } else if (change.kind == MOLVA_PUT_LANE) {
      MOLVA_RETURN_UNLESS_OK(WillFit(BodyOf<molva_lane>(change), certain));
      *certain = *certain && std::exchange(lane, &BodyOf<molva_lane>(change)) == nullptr;
    }
  }
  // Two changes of one lane: the second was compared with what is there before the first.
  if (entry != nullptr && lane != nullptr && sdk::View(entry->lane) == sdk::View(lane->lane)) {
    *certain = false;
  }
  return Done();
}

Outcome Applier::Apply(const molva_batch& batch) {
  topics_.StartBatch();
  lanes_.StartBatch();
  of_this_batch_.clear();
  gathers_marks_ = IsHot(batch);
  bool certain = false;
  Outcome outcome = IsCertain(batch, &certain);
  if (outcome.ok() && !certain) {
    // What is undone is also forgotten, and so must not hold anything of earlier batches. Marks of
    // those must come before what this batch may do to subscriptions.
    outcome = Finish();
  }
  if (!outcome.ok()) {
    is_broken_ = true;
    return outcome;
  }
  outcome = certain ? ApplyAll(batch) : ApplyInSavepoint(batch);
  if (!outcome.ok()) {
    is_broken_ = is_broken_ || certain || !connection_.InTransaction();
    topics_.ForgetTouched();
    lanes_.ForgetTouched();
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
    case MOLVA_PUT_CREDENTIAL:
      return PutCredential(BodyOf<molva_credential>(change), change.expect);
    case MOLVA_ERASE_CREDENTIAL:
      return EraseCredential(BodyOf<molva_key>(change));
    case MOLVA_ERASE_AUTH:
      return EraseAuth(BodyOf<molva_key>(change));
    case MOLVA_ERASE_USER:
      return EraseUser(BodyOf<molva_key>(change));
    case MOLVA_PUT_VALUE:
      return PutValue(BodyOf<molva_key>(change), change.expect);
    case MOLVA_ERASE_VALUE:
      return EraseValue(BodyOf<molva_key>(change));
    case MOLVA_ENSURE_USER:
      return EnsureUser(BodyOf<molva_user>(change));
    case MOLVA_APPEND_ENTRY:
      return AppendEntry(BodyOf<molva_entry>(change));
    case MOLVA_PUT_LANE:
      return PutLane(BodyOf<molva_lane>(change));
    case MOLVA_ERASE_ENTRIES:
      return EraseEntries(BodyOf<molva_lane>(change));
    case MOLVA_DROP_LANE:
      return DropLane(BodyOf<molva_lane>(change));
    case MOLVA_REQUEST_DELIVERY:
      return RequestDelivery(BodyOf<molva_delivery>(change));
    case MOLVA_CONFIRM_DELIVERY:
      return ConfirmDelivery(BodyOf<molva_delivery>(change));
    default:
      return ApplyLater(change);
  }
}

Outcome Applier::ApplyLater(const molva_change& change) {
  switch (change.kind) {
    case MOLVA_PUT_DEVICE:
      return PutDevice(BodyOf<molva_device_record>(change));
    case MOLVA_ERASE_DEVICE:
      return EraseDevice(BodyOf<molva_device_record>(change), change.expect);
    case MOLVA_PUT_FILE:
      return PutFile(BodyOf<molva_file>(change), change.expect);
    case MOLVA_ERASE_FILE:
      return EraseFile(BodyOf<molva_file>(change));
    case MOLVA_CONDEMN_FILE:
      return CondemnFile(BodyOf<molva_file>(change));
    case MOLVA_LINK_FILES:
      return LinkFiles(BodyOf<molva_file_links>(change));
    case MOLVA_PUT_UID:
      return PutUid(BodyOf<molva_uid>(change));
    case MOLVA_ERASE_UIDS:
      return EraseUids(BodyOf<molva_uid>(change));
    case MOLVA_PUT_DUE:
      return PutDue(BodyOf<molva_due>(change));
    case MOLVA_PUT_REACTION:
      return PutReaction(BodyOf<molva_reaction>(change));
    case MOLVA_ERASE_REACTION:
      return EraseReaction(BodyOf<molva_reaction>(change));
    case MOLVA_PUT_WORDS:
      return PutWords(BodyOf<molva_words>(change));
    case MOLVA_END_WORDS:
      return EndWords(BodyOf<molva_words>(change));
    default:
      return {MOLVA_UNSUPPORTED, "unknown kind of change " + std::to_string(change.kind)};
  }
}

Outcome Applier::WriteMarks(const MarksMap& all) {
  for (const auto& [key, marks] : all) {
    const auto& [topic, user, is_reader] = key;
    MOLVA_RETURN_UNLESS_OK(
        connection_.Run("UPDATE subscription SET recv = CASE WHEN recv < ?1 THEN ?1 ELSE recv END,"
                        " read = CASE WHEN read < ?2 THEN ?2 ELSE read END"
                        " WHERE topic = ?3 AND user = ?4 AND is_reader = ?5",
                        marks.recv, marks.read, topic, user, is_reader));
  }
  return Done();
}

Outcome Applier::Finish() {
  const MarksMap marks = std::exchange(gathered_, {});
  MOLVA_RETURN_UNLESS_OK(WriteMarks(marks));
  return lanes_.WriteAll();
}

void Applier::Forget() {
  topics_.ForgetAll();
  lanes_.ForgetAll();
  gathered_.clear();
  is_broken_ = false;
  words_.Forget();
}

}  // namespace molva::sql_common
