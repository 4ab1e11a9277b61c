// The changes to the words by which messages are found.
#include "sql_common/applier.h"

namespace molva::sql_common {
Outcome Applier::Replace(std::int64_t topic, const molva_words& words, bool* is_found) {
  enum class Original : std::uint8_t { kOfAnother, kOfAuthor, kWiped };
  auto original = Original::kOfAnother;
  std::int64_t former = words.replaces;
  MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
      "SELECT o.sender IS NULL, o.sender = m.sender,"
      " coalesce((SELECT e.seq FROM edit e WHERE e.topic = o.topic AND e.original = o.seq), o.seq)"
      " FROM message m JOIN message o ON o.topic = m.topic AND o.seq = ?"
      " WHERE m.topic = ? AND m.seq = ?",
      [&](const Row& row) {
        if (row.Int64(0) != 0) {
          original = Original::kWiped;
        } else if (row.Int64(1) != 0) {
          original = Original::kOfAuthor;
        }
        former = row.Int64(2);
        return Next::kStop;
      },
      words.replaces, topic, words.seq));
  *is_found = original != Original::kWiped;
  if (original != Original::kOfAuthor) return Done();
  MOLVA_RETURN_UNLESS_OK(words_.Erase(topic, static_cast<std::int32_t>(former)));
  return connection_.Run(
      "INSERT INTO edit (topic, original, seq) VALUES (?, ?, ?)"
      " ON CONFLICT (topic, original) DO UPDATE SET seq = excluded.seq",
      topic, words.replaces, words.seq);
}

Outcome Applier::PutWords(const molva_words& words) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(words.topic, &topic));
  if (topic == nullptr || topic->unindexed == 0 || words.seq < topic->unindexed) return Done();
  bool is_found = false;
  MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
      "SELECT 1 FROM message WHERE topic = ? AND seq = ? AND sender IS NOT NULL",
      [&is_found](const Row&) {
        is_found = true;
        return Next::kStop;
      },
      topic->id, words.seq));
  if (is_found && words.replaces > 0 && words.replaces < words.seq) {
    MOLVA_RETURN_UNLESS_OK(Replace(topic->id, words, &is_found));
  }
  if (!is_found || words.words.size == 0) return Done();
  return words_.Put(topic->id, words.seq, words.words);
}

Outcome Applier::EndWords(const molva_words& end) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(end.topic, &topic));
  if (topic == nullptr || topic->unindexed == 0 || end.seq < topic->unindexed) return Done();
  if (end.seq >= topic->last_seq) {
    topic->unindexed = 0;
    return connection_.Run("DELETE FROM unindexed WHERE topic = ?", topic->id);
  }
  topic->unindexed = end.seq + 1;
  return connection_.Run("UPDATE unindexed SET low = ? WHERE topic = ?", topic->unindexed,
                         topic->id);
}

}  // namespace molva::sql_common
