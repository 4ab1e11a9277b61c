#include "message_words.h"

#include <string>

namespace molva::store_sqlite {
namespace {

// More go in pieces.
constexpr std::int64_t kMostAtOnce = 1024;
constexpr std::int64_t kPiece = 256;

std::int64_t WordRow(std::int64_t topic, std::int32_t seq) { return topic << 32 | seq; }

// `phrases` in the language of FTS5. Everything from outside is quoted.
std::string MatchOf(const molva_texts* phrases, std::size_t count) {
  std::string match;
  for (std::size_t i = 0; i < count; ++i) {
    match += i == 0 ? "\"" : " AND \"";
    bool is_prefix = false;
    for (std::size_t k = 0; k < phrases[i].count; ++k) {
      const std::string_view word = sdk::View(phrases[i].items[k]);
      is_prefix = word.empty();
      if (k > 0 && !is_prefix) match += ' ';
      for (const char c : word) match.append(c == '"' ? 2 : 1, c);
    }
    match += is_prefix ? "\"*" : "\"";
  }
  return match;
}

}  // namespace

Outcome MessageWords::Put(std::int64_t topic, std::int32_t seq, molva_text words) {
  return connection_.Run("INSERT OR REPLACE INTO message_words (rowid, words) VALUES (?, ?)",
                         WordRow(topic, seq), words);
}

Outcome MessageWords::Erase(std::int64_t topic, std::int32_t seq) {
  return connection_.Run("DELETE FROM message_words WHERE rowid = ?", WordRow(topic, seq));
}

Outcome MessageWords::EraseRange(std::int64_t topic, const molva_range& range) {
  MOLVA_RETURN_UNLESS_OK(connection_.Run(
      "DELETE FROM message_words WHERE rowid IN (SELECT e.topic << 32 | e.seq FROM edit e"
      " WHERE e.topic = ? AND e.original >= ? AND e.original < ?)",
      topic, range.low, range.hi));
  const std::int64_t low = WordRow(topic, range.low);
  const std::int64_t hi = WordRow(topic, range.hi);
  if (hi - low <= kMostAtOnce) {
    return connection_.Run("DELETE FROM message_words WHERE rowid >= ? AND rowid < ?", low, hi);
  }
  has_to_erase_ = true;
  return connection_.Run(
      "INSERT INTO message_words_gone (low, hi) VALUES (?, ?)"
      " ON CONFLICT (low) DO UPDATE SET hi = max(hi, excluded.hi)",
      low, hi);
}

Outcome MessageWords::StartTopic(std::int64_t topic) {
  if (!has_to_erase_) return Done();
  const std::int64_t low = WordRow(topic, 0);
  const std::int64_t hi = WordRow(topic + 1, 0);
  for (const char* sql : {"DELETE FROM message_words WHERE rowid >= ? AND rowid < ?",
                          "DELETE FROM message_words_gone WHERE low >= ? AND low < ?"}) {
    MOLVA_RETURN_UNLESS_OK(connection_.Run(sql, low, hi));
  }
  return Done();
}

Outcome MessageWords::EraseSome() {
  if (!has_to_erase_) return Done();
  has_to_erase_ = false;
  std::int64_t low = 0;
  std::int64_t hi = 0;
  MOLVA_RETURN_UNLESS_OK(
      connection_.ForEach("SELECT low, hi FROM message_words_gone LIMIT 1", [&](const Row& row) {
        has_to_erase_ = true;
        low = row.Int64(0);
        hi = row.Int64(1);
        return Next::kStop;
      }));
  if (!has_to_erase_) return Done();
  MOLVA_RETURN_UNLESS_OK(connection_.Run(
      "DELETE FROM message_words WHERE rowid IN (SELECT w.rowid FROM message_words w"
      " JOIN message_words_gone g WHERE g.low = ? AND w.rowid >= g.low AND w.rowid < g.hi"
      " ORDER BY w.rowid LIMIT ?)",
      low, kPiece));
  if (connection_.ChangedRows() >= kPiece) return Done();
  return connection_.Run("DELETE FROM message_words_gone WHERE low = ? AND hi = ?", low, hi);
}

Outcome MessageWords::Find(const molva_query& query, std::int64_t topic, const molva_range& range,
                           sql_common::RowSet& rows) {
  const std::string match = MatchOf(query.required, query.required_count);
  return connection_.ForEach(
      "SELECT m.seq, m.created, CASE WHEN EXISTS (SELECT 1 FROM erased_user e WHERE"
      " e.id = m.sender) THEN 0 ELSE m.sender END, m.head, m.content FROM message_words w"
      " CROSS JOIN message m ON m.topic = ?1 AND m.seq = (w.rowid & 4294967295)"
      " WHERE w.message_words MATCH ?2 AND w.rowid >= ?3 AND w.rowid < ?4"
      " AND m.sender IS NOT NULL AND NOT EXISTS (SELECT 1 FROM edit d CROSS JOIN deletion h"
      " ON h.topic = ?1 AND h.user = ?5 AND d.original >= h.low AND d.original < h.hi"
      " WHERE d.topic = ?1 AND d.seq = m.seq)"
      " ORDER BY w.rowid DESC LIMIT ?6",

      [&rows, &query](const Row& row) {
        sql_common::AddMessage(row, query.topic, rows);
        return Next::kContinue;
      },
      topic, std::string_view(match), WordRow(topic, range.low), WordRow(topic, range.hi),
      query.user, static_cast<std::size_t>(query.limit) - rows.rows().size());
}

}  // namespace molva::store_sqlite
