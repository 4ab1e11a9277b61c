// The queries by words, by what has none yet, and by age.
#include <algorithm>
#include <string>
#include <vector>

#include "sql_common/reader.h"

namespace molva::sql_common {
namespace {

// Messages of a topic, from `low` on.
struct Page {
  std::int64_t topic;
  std::int32_t low;
  molva_text name;
};

}  // namespace

void AddMessage(const Row& row, molva_text topic, RowSet& rows) {
  auto* message = rows.Make<molva_message>();
  message->topic = topic;
  message->seq = row.Int32(0);
  message->created = row.Int64(1);
  message->from = row.Id(2);
  message->head = rows.Copy(row.Text(3));
  message->content = rows.Copy(row.Text(4));
  rows.AddRow().message = message;
}

Outcome Reader::FindWords(const molva_query& query, RowSet& rows) {
  std::int64_t topic = 0;
  MOLVA_RETURN_UNLESS_OK(FindTopicId(query.topic, &topic));
  if (topic == 0 || query.limit <= 0 || query.required_count == 0) return Done();
  std::vector<molva_range> shown;
  MOLVA_RETURN_UNLESS_OK(LoadShown(query, topic, &shown));
  const auto limit = static_cast<std::size_t>(query.limit);
  for (auto range = shown.rbegin(); range != shown.rend(); ++range) {
    if (rows.rows().size() >= limit) break;
    MOLVA_RETURN_UNLESS_OK(words_.Find(query, topic, *range, rows));
  }
  return Done();
}

Outcome Reader::ListUnindexed(const molva_query& query, RowSet& rows) {
  if (query.limit <= 0) return Done();
  std::vector<Page> pages;
  const auto add = [&](const Row& row) {
    pages.push_back({row.Int64(0), row.Int32(1), rows.Copy(row.Text(2))});
    return Next::kContinue;
  };
  MOLVA_RETURN_UNLESS_OK(
      query.topic.size > 0
          ? connection_.ForEach("SELECT u.topic, u.low, k.name FROM topic_key k"
                                " JOIN unindexed u ON u.topic = k.id WHERE k.name = ?",
                                add, query.topic)
      : query.user != 0
          ? connection_.ForEach("SELECT u.topic, u.low, k.name FROM unindexed u"
                                " JOIN topic_key k ON k.id = u.topic WHERE EXISTS (SELECT 1 FROM"
                                " subscription s WHERE s.topic = u.topic AND s.user = ?"
                                " AND s.deleted IS NULL) LIMIT ?",
                                add, query.user, query.limit)
          : connection_.ForEach("SELECT u.topic, u.low, k.name FROM unindexed u"
                                " JOIN topic_key k ON k.id = u.topic LIMIT ?",
                                add, query.limit));
  const auto limit = static_cast<std::size_t>(query.limit);
  std::int64_t bytes = 0;
  for (const Page& page : pages) {
    if (rows.rows().size() >= limit || bytes > query.max_bytes) break;
    MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
        "SELECT seq, created, sender, head, content FROM message WHERE topic = ? AND seq >= ?"
        " ORDER BY seq LIMIT ?",
        [&](const Row& row) {
          bytes += static_cast<std::int64_t>(row.Text(3).size() + row.Text(4).size());
          if (bytes > query.max_bytes && !rows.rows().empty()) return Next::kStop;
          AddMessage(row, page.name, rows);
          return Next::kContinue;
        },
        page.topic, page.low, limit - rows.rows().size()));
  }
  return Done();
}

Outcome Reader::ListOld(const molva_query& query, RowSet& rows) {
  if (query.limit <= 0) return Done();
  // The topics whose first message is old.
#define MOLVA_SELECT_OLD                                                                  \
  "SELECT k.id, k.kept_from, k.name FROM topic_key k JOIN topic t ON t.id = k.id"         \
  " WHERE (SELECT m.created FROM message m WHERE m.topic = k.id AND m.seq >= k.kept_from" \
  " AND m.sender IS NOT NULL ORDER BY m.seq LIMIT 1) < ? AND "
  std::vector<Page> pages;
  const auto add = [&](const Row& row) {
    pages.push_back({row.Int64(0), row.Int32(1), rows.Copy(row.Text(2))});
    return Next::kContinue;
  };
  MOLVA_RETURN_UNLESS_OK(
      query.topic.size > 0
          ? connection_.ForEach(MOLVA_SELECT_OLD "k.name = ?", add, query.before_time, query.topic)
          : connection_.ForEach(MOLVA_SELECT_OLD "t.home IS NULL LIMIT ?", add, query.before_time,
                                query.limit));
#undef MOLVA_SELECT_OLD
  const auto limit = static_cast<std::size_t>(query.limit);
  for (const Page& page : pages) {
    if (rows.rows().size() >= limit) break;
    MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
        "SELECT seq, created FROM message WHERE topic = ? AND seq >= ? AND sender IS NOT NULL"
        " ORDER BY seq LIMIT ?",
        [&](const Row& row) {
          if (row.Int64(1) >= query.before_time) return Next::kStop;
          auto* due = rows.Make<molva_due>();
          due->topic = page.name;
          due->seq = row.Int32(0);
          due->when = row.Int64(1);
          rows.AddRow().due = due;
          return Next::kContinue;
        },
        page.topic, page.low, limit - rows.rows().size()));
  }
  return Done();
}

}  // namespace molva::sql_common
