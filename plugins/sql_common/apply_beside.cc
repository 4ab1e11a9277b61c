// The changes to what is kept beside messages: uids, dues, reactions.
#include "sql_common/applier.h"

namespace molva::sql_common {

Outcome Applier::PutUid(const molva_uid& uid) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(uid.topic, &topic));
  if (topic == nullptr || !topic->exists) return Done();
  return connection_.Run(
      "INSERT INTO uid (topic, seq, user, uid) VALUES (?, ?, ?, ?) ON CONFLICT (topic, seq)"
      " DO UPDATE SET user = excluded.user, uid = excluded.uid",
      topic->id, uid.seq, uid.user, Blob{uid.uid});
}

Outcome Applier::EraseUids(const molva_uid& erase) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(erase.topic, &topic));
  if (topic == nullptr) return Done();
  return connection_.Run("DELETE FROM uid WHERE topic = ? AND seq <= ?", topic->id, erase.seq);
}

Outcome Applier::PutDue(const molva_due& due) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(due.topic, &topic));
  if (topic == nullptr || !topic->exists) return Done();
  return connection_.Run(
      "INSERT INTO due (topic, seq, at) VALUES (?, ?, ?)"
      " ON CONFLICT (topic, seq) DO UPDATE SET at = excluded.at",
      topic->id, due.seq, due.when);
}

Outcome Applier::PutReaction(const molva_reaction& reaction) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(reaction.topic, &topic));
  if (topic == nullptr || !topic->exists) return Done();
  return connection_.Run(
      "INSERT INTO reaction (topic, seq, user, sign, created)"
      " SELECT topic, seq, ?, ?, ? FROM message WHERE topic = ? AND seq = ? AND sender IS NOT NULL"
      " ON CONFLICT (topic, seq, user, sign) DO UPDATE SET created = excluded.created",
      reaction.user, Blob{reaction.sign}, reaction.created, topic->id, reaction.seq);
}

Outcome Applier::EraseReaction(const molva_reaction& reaction) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(reaction.topic, &topic));
  if (topic == nullptr) return Done();
  return connection_.Run(
      "DELETE FROM reaction WHERE topic = ? AND seq = ? AND user = ? AND sign = ?", topic->id,
      reaction.seq, reaction.user, Blob{reaction.sign});
}

Outcome Applier::EraseBeside(std::int64_t topic, const molva_range& range) {
  for (const char* sql : {"DELETE FROM due WHERE topic = ? AND seq >= ? AND seq < ?",
                          "DELETE FROM reaction WHERE topic = ? AND seq >= ? AND seq < ?"}) {
    MOLVA_RETURN_UNLESS_OK(connection_.Run(sql, topic, range.low, range.hi));
  }
  return words_.EraseRange(topic, range);
}

}  // namespace molva::sql_common
