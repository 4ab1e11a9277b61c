#include "message_words.h"

#include <set>
#include <string>
#include <vector>

namespace molva::store_postgres {
namespace {

// The index takes words of up to 2046 bytes. What is longer is not found.
constexpr std::size_t kMaxWordBytes = 512;

// `word` of `topic` as a literal of tsvector and tsquery.
std::string Lexeme(std::int64_t topic, std::string_view word) {
  std::string lexeme = "'" + std::to_string(topic) + "/";
  for (const char c : word) lexeme.append(c == '\'' || c == '\\' ? 2 : 1, c);
  return lexeme + "'";
}

std::string LexemesOf(std::int64_t topic, std::string_view words) {
  std::set<std::string_view> all;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    if (!word.empty() && word.size() <= kMaxWordBytes) all.insert(word);
  }
  std::string lexemes;
  for (const std::string_view word : all) lexemes += Lexeme(topic, word) + " ";
  return lexemes;
}

// Words that a message must have, as a tsquery.
std::string MatchOf(const molva_query& query, std::int64_t topic) {
  std::string match;
  for (std::size_t i = 0; i < query.required_count; ++i) {
    const molva_texts& phrase = query.required[i];
    for (std::size_t k = 0; k < phrase.count; ++k) {
      const std::string_view word = sdk::View(phrase.items[k]);
      if (word.empty()) {
        match += ":*";
        continue;
      }
      if (!match.empty()) match += " & ";
      match += Lexeme(topic, word);
    }
  }
  return match;
}

// What must stand in the text, as an array of PostgreSQL.
std::string PhrasesOf(const molva_query& query) {
  std::string phrases = "{";
  for (std::size_t i = 0; i < query.required_count; ++i) {
    phrases += i == 0 ? "\"" : ",\"";
    bool is_prefix = false;
    for (std::size_t k = 0; k < query.required[i].count; ++k) {
      const std::string_view word = sdk::View(query.required[i].items[k]);
      is_prefix = word.empty();
      if (is_prefix) continue;
      phrases += ' ';
      for (const char c : word) {
        if (c == '"' || c == '\\') phrases += '\\';
        phrases += c;
      }
    }
    phrases += is_prefix ? "\"" : " \"";
  }
  return phrases + "}";
}

}  // namespace

Outcome MessageWords::Put(std::int64_t topic, std::int32_t seq, molva_text words) {
  const std::string text = " " + sdk::Copy(words) + " ";
  const std::string lexemes = LexemesOf(topic, sdk::View(words));
  return connection_.Run(
      "INSERT INTO message_words (topic, seq, words, lexemes)"
      " VALUES (?, ?, ?, CAST(CAST(? AS text) AS tsvector)) ON CONFLICT (topic, seq)"
      " DO UPDATE SET words = excluded.words, lexemes = excluded.lexemes",
      topic, seq, std::string_view(text), std::string_view(lexemes));
}

Outcome MessageWords::Erase(std::int64_t topic, std::int32_t seq) {
  return connection_.Run("DELETE FROM message_words WHERE topic = ? AND seq = ?", topic, seq);
}

Outcome MessageWords::EraseRange(std::int64_t topic, const molva_range& range) {
  MOLVA_RETURN_UNLESS_OK(connection_.Run(
      "DELETE FROM message_words WHERE topic = ?1 AND seq IN (SELECT e.seq FROM edit e"
      " WHERE e.topic = ?1 AND e.original >= ?2 AND e.original < ?3)",
      topic, range.low, range.hi));
  return connection_.Run("DELETE FROM message_words WHERE topic = ? AND seq >= ? AND seq < ?",
                         topic, range.low, range.hi);
}

Outcome MessageWords::Find(const molva_query& query, std::int64_t topic, const molva_range& range,
                           sql_common::RowSet& rows) {
  const std::string match = MatchOf(query, topic);
  const std::string phrases = PhrasesOf(query);
  // First all hits, as the index gives them: else the newest messages might be looked through one
  // by one for a word that few have.
  return connection_.ForEach(
      "WITH hit AS MATERIALIZED (SELECT w.seq FROM message_words w"
      " WHERE w.lexemes @@ CAST(CAST(?2 AS text) AS tsquery) AND w.topic = ?1 AND w.seq >= ?4"
      " AND w.seq < ?5 AND NOT EXISTS (SELECT 1 FROM unnest(CAST(CAST(?3 AS text) AS text[])) p"
      " WHERE strpos(w.words, p) = 0))"
      " SELECT m.seq, m.created, CASE WHEN EXISTS (SELECT 1 FROM erased_user e WHERE"
      " e.id = m.sender) THEN 0 ELSE m.sender END, m.head, m.content FROM hit"
      " JOIN message m ON m.topic = ?1 AND m.seq = hit.seq"
      " WHERE m.sender IS NOT NULL AND NOT EXISTS (SELECT 1 FROM edit d JOIN deletion h"
      " ON h.topic = ?1 AND h.user = ?6 AND d.original >= h.low AND d.original < h.hi"
      " WHERE d.topic = ?1 AND d.seq = m.seq) ORDER BY m.seq DESC LIMIT ?7",
      [&rows, &query](const Row& row) {
        sql_common::AddMessage(row, query.topic, rows);
        return Next::kContinue;
      },
      topic, std::string_view(match), std::string_view(phrases), range.low, range.hi, query.user,
      static_cast<std::size_t>(query.limit) - rows.rows().size());
}

}  // namespace molva::store_postgres
