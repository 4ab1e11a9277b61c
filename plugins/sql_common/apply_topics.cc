// The changes to topics, subscriptions and messages.
#include <algorithm>

#include "sql_common/applier.h"
#include "sql_common/tag_list.h"

namespace molva::sql_common {

Outcome Applier::PutTopic(const molva_topic& topic, molva_expect expect) {
  TopicState* state = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.FindOrMake(topic.name, &state));
  MOLVA_RETURN_UNLESS_OK(CheckExpect(expect, state->exists, "topic"));
  const std::string tags = PackTags(topic.tags);
  const molva_text origin = MOLVA_HAS(&topic, origin) ? topic.origin : molva_text{};
  MOLVA_RETURN_UNLESS_OK(connection_.Run(
      "INSERT INTO topic (id, state, created, updated, owner, access_auth,"
      " access_anon, is_channel, del_id, public_card, trusted, aux, tags, party_one, party_two,"
      " home, origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (id) DO UPDATE SET state = excluded.state, created = excluded.created,"
      " updated = excluded.updated, owner = excluded.owner, access_auth = excluded.access_auth,"
      " access_anon = excluded.access_anon, is_channel = excluded.is_channel,"
      " del_id = excluded.del_id, public_card = excluded.public_card, trusted = excluded.trusted,"
      " aux = excluded.aux, tags = excluded.tags, party_one = excluded.party_one,"
      " party_two = excluded.party_two, home = excluded.home, origin = excluded.origin",
      state->id, topic.state, topic.created, topic.updated, topic.owner, topic.access_auth,
      topic.access_anon, topic.is_channel, topic.del_id, topic.public_card, topic.trusted,
      topic.aux, std::string_view(tags), topic.parties[0], topic.parties[1],
      MOLVA_HAS(&topic, home) ? topic.home : molva_text{}, origin));
  state->exists = true;
  MOLVA_RETURN_UNLESS_OK(PutForeignName(topic.name, origin));
  return PutTags(kTopicTag, state->id, topic.tags);
}

Outcome Applier::EraseTopic(const molva_key& key) {
  TopicState* state = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(key.topic, &state));
  if (state == nullptr) return Done();
  for (const char* sql :
       {"DELETE FROM subscription WHERE topic = ?", "DELETE FROM message WHERE topic = ?",
        "DELETE FROM deletion WHERE topic = ?", "DELETE FROM file_link WHERE topic = ?",
        "DELETE FROM uid WHERE topic = ?", "DELETE FROM due WHERE topic = ?",
        "DELETE FROM reaction WHERE topic = ?", "DELETE FROM topic WHERE id = ?",
        "DELETE FROM edit WHERE topic = ?", "DELETE FROM unindexed WHERE topic = ?",
        "UPDATE topic_key SET epoch = 0, kept_from = 0, live = 0 WHERE id = ?"}) {
    MOLVA_RETURN_UNLESS_OK(connection_.Run(sql, state->id));
  }
  MOLVA_RETURN_UNLESS_OK(words_.EraseRange(state->id, {0, state->last_seq + 1}));
  MOLVA_RETURN_UNLESS_OK(PutTags(kTopicTag, state->id, {}));
  MOLVA_RETURN_UNLESS_OK(PutForeignName(key.topic, {}));
  *state = {state->id, false, 0, 0, 0};
  return Done();
}

Outcome Applier::HideTopic(const molva_key& key) {
  TopicState* state = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(key.topic, &state));
  if (state == nullptr) return Done();
  MOLVA_RETURN_UNLESS_OK(connection_.Run("UPDATE topic SET state = ? WHERE id = ?",
                                         static_cast<std::int64_t>(MOLVA_STATE_DELETED),
                                         state->id));
  MOLVA_RETURN_UNLESS_OK(connection_.Run("UPDATE topic_key SET live = 0 WHERE id = ?", state->id));
  return connection_.Run("UPDATE subscription SET deleted = ? WHERE topic = ? AND deleted IS NULL",
                         key.when, state->id);
}

Outcome Applier::PutSubscription(const molva_subscription& sub, molva_expect expect) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.FindOrMake(sub.topic, &topic));
  MOLVA_RETURN_UNLESS_OK(
      CheckExpectRow(expect, "subscription",
                     "SELECT 1 FROM subscription WHERE topic = ? AND user = ? AND is_reader = ?",
                     topic->id, sub.user, sub.is_reader));
  MOLVA_RETURN_UNLESS_OK(connection_.Run(
      "UPDATE topic_key SET live = live + ?1 - (SELECT count(*) FROM subscription WHERE topic = ?2"
      " AND user = ?3 AND is_reader = ?4 AND deleted IS NULL) WHERE id = ?2",
      sub.deleted == MOLVA_NO_TIME ? 1 : 0, topic->id, sub.user, sub.is_reader));
  return connection_.Run(
      "INSERT INTO subscription (topic, user, is_reader, created, updated, deleted, del_id, recv,"
      " read, want, given, private_note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (topic, user, is_reader) DO UPDATE SET created = excluded.created,"
      " updated = excluded.updated, deleted = excluded.deleted, del_id = excluded.del_id,"
      " recv = excluded.recv, read = excluded.read, want = excluded.want,"
      " given = excluded.given, private_note = excluded.private_note",
      topic->id, sub.user, sub.is_reader, sub.created, sub.updated, OptionalTime(sub.deleted),
      sub.del_id, sub.recv, sub.read, sub.want, sub.given, sub.private_note);
}

Outcome Applier::RaiseMarks(const molva_subscription& marks) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(marks.topic, &topic));
  if (topic == nullptr) return Done();
  if (!gathers_marks_) {
    return WriteMarks({{{topic->id, marks.user, marks.is_reader}, {marks.recv, marks.read}}});
  }
  Marks& pending = of_this_batch_[{topic->id, marks.user, marks.is_reader}];
  pending.recv = std::max(pending.recv, marks.recv);
  pending.read = std::max(pending.read, marks.read);
  return Done();
}

Outcome Applier::AppendMessage(const molva_message& message) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(message.topic, &topic));
  if (topic == nullptr || !topic->exists) return {MOLVA_ABORTED, "append to a topic that is gone"};
  if (message.seq != topic->last_seq + 1) {
    return {MOLVA_ABORTED, "append of number " + std::to_string(message.seq) + " after " +
                               std::to_string(topic->last_seq)};
  }
  if (message.epoch < topic->epoch) {
    return {MOLVA_ABORTED, "append in epoch " + std::to_string(message.epoch) + " after epoch " +
                               std::to_string(topic->epoch)};
  }
  MOLVA_RETURN_UNLESS_OK(connection_.Run(
      "INSERT INTO message (topic, seq, created, sender, head, content) VALUES (?, ?, ?, ?, ?, ?)",
      topic->id, message.seq, message.created, message.from, message.head, message.content));
  topic->last_seq = message.seq;
  if (topic->unindexed == 0) {
    topic->unindexed = message.seq;
    if (message.seq == 1) MOLVA_RETURN_UNLESS_OK(words_.StartTopic(topic->id));
    MOLVA_RETURN_UNLESS_OK(
        connection_.Run("INSERT INTO unindexed (topic, low) VALUES (?, ?)"
                        " ON CONFLICT (topic) DO UPDATE SET low = excluded.low",
                        topic->id, message.seq));
  }
  if (message.epoch == topic->epoch) return Done();
  topic->epoch = message.epoch;
  return connection_.Run("UPDATE topic_key SET epoch = ? WHERE id = ?", topic->epoch, topic->id);
}

Outcome Applier::PutDeletion(const molva_deletion& deletion) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.FindOrMake(deletion.topic, &topic));
  MOLVA_RETURN_UNLESS_OK(
      connection_.Run("DELETE FROM deletion WHERE topic = ? AND user = ? AND del_id = ?", topic->id,
                      deletion.user, deletion.del_id));
  for (std::size_t i = 0; i < deletion.range_count; ++i) {
    const molva_range& range = deletion.ranges[i];
    MOLVA_RETURN_UNLESS_OK(
        connection_.Run("INSERT INTO deletion (topic, user, del_id, low, hi) VALUES (?, ?, ?, ?, ?)"
                        " ON CONFLICT (topic, user, del_id, low) DO UPDATE SET hi = excluded.hi",
                        topic->id, deletion.user, deletion.del_id, range.low, range.hi));
    if (deletion.user != 0) continue;
    MOLVA_RETURN_UNLESS_OK(EraseBeside(topic->id, range));
    MOLVA_RETURN_UNLESS_OK(connection_.Run(
        "UPDATE topic_key SET kept_from = ? WHERE id = ? AND kept_from >= ? AND kept_from < ?",
        range.hi, topic->id, range.low <= 1 ? 0 : range.low, range.hi));
    MOLVA_RETURN_UNLESS_OK(
        connection_.Run("DELETE FROM file_link WHERE topic = ? AND seq >= ? AND seq < ?", topic->id,
                        std::max(range.low, 1), range.hi));
    MOLVA_RETURN_UNLESS_OK(
        connection_.Run("UPDATE message SET sender = NULL, head = NULL, content = NULL"
                        " WHERE topic = ? AND seq >= ? AND seq < ?",
                        topic->id, range.low, range.hi));
  }
  if (deletion.user == 0) {
    return connection_.Run("UPDATE topic SET del_id = ?1 WHERE id = ?2 AND del_id < ?1",
                           deletion.del_id, topic->id);
  }
  return connection_.Run(
      "UPDATE subscription SET del_id = ?1 WHERE topic = ?2 AND user = ?3 AND del_id < ?1",
      deletion.del_id, topic->id, deletion.user);
}

Outcome Applier::EraseDeletions(const molva_key& key) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(key.topic, &topic));
  if (topic == nullptr) return Done();
  return connection_.Run("DELETE FROM deletion WHERE topic = ? AND user = ?", topic->id, key.user);
}

}  // namespace molva::sql_common
