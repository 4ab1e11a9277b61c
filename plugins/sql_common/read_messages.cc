// The queries about messages and deletions.
#include <algorithm>
#include <limits>

#include "sql_common/reader.h"

namespace molva::sql_common {
namespace {

// `wanted` without `hidden`; both sorted, `wanted` apart, `hidden` may overlap.
std::vector<molva_range> Subtract(const std::vector<molva_range>& wanted,
                                  const std::vector<molva_range>& hidden) {
  std::vector<molva_range> left;
  for (const molva_range& range : wanted) {
    std::int32_t low = range.low;
    for (const molva_range& hole : hidden) {
      if (hole.hi <= low) continue;
      if (hole.low >= range.hi) break;
      if (hole.low > low) left.push_back({low, hole.low});
      low = hole.hi;
    }
    if (low < range.hi) left.push_back({low, range.hi});
  }
  return left;
}

}  // namespace

Outcome Reader::FindTopicId(molva_text name, std::int64_t* id) {
  *id = 0;
  return connection_.ForEach(
      "SELECT id FROM topic_key WHERE name = ?",
      [id](const Row& row) {
        *id = row.Int64(0);
        return Next::kStop;
      },
      name);
}

Outcome Reader::LoadHidden(std::int64_t topic, std::uint64_t user,
                           std::vector<molva_range>* hidden) {
  if (user == 0) return Done();
  return connection_.ForEach(
      "SELECT low, hi FROM deletion WHERE topic = ? AND user = ? ORDER BY low",
      [hidden](const Row& row) {
        hidden->push_back({row.Int32(0), row.Int32(1)});
        return Next::kContinue;
      },
      topic, user);
}

Outcome Reader::LoadShown(const molva_query& query, std::int64_t topic,
                          std::vector<molva_range>* shown) {
  std::vector<molva_range> hidden;
  MOLVA_RETURN_UNLESS_OK(LoadHidden(topic, query.user, &hidden));
  std::vector<molva_range> wanted(query.ranges, query.ranges + query.range_count);
  if (wanted.empty()) wanted.push_back({0, std::numeric_limits<std::int32_t>::max()});
  *shown = Subtract(wanted, hidden);
  return Done();
}

Outcome Reader::ListMessages(const molva_query& query, RowSet& rows) {
  std::int64_t topic = 0;
  MOLVA_RETURN_UNLESS_OK(FindTopicId(query.topic, &topic));
  if (topic == 0 || query.limit <= 0) return Done();
  std::vector<molva_range> wanted;
  MOLVA_RETURN_UNLESS_OK(LoadShown(query, topic, &wanted));
  const auto limit = static_cast<std::size_t>(query.limit);
  for (auto range = wanted.rbegin(); range != wanted.rend(); ++range) {
    if (rows.rows().size() >= limit) break;
    MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
        "SELECT seq, created, CASE WHEN EXISTS (SELECT 1 FROM erased_user e WHERE e.id = sender)"
        " THEN 0 ELSE sender END, head, content FROM message"
        " WHERE topic = ? AND seq >= ? AND seq < ? AND sender IS NOT NULL"
        " ORDER BY seq DESC LIMIT ?",
        [&rows, &query](const Row& row) {
          auto* message = rows.Make<molva_message>();
          message->topic = query.topic;
          message->seq = row.Int32(0);
          message->created = row.Int64(1);
          message->from = row.Id(2);
          message->head = rows.Copy(row.Text(3));
          message->content = rows.Copy(row.Text(4));
          rows.AddRow().message = message;
          return Next::kContinue;
        },
        topic, range->low, range->hi, limit - rows.rows().size()));
  }
  return Done();
}

Outcome Reader::ListDeletions(const molva_query& query, RowSet& rows) {
  std::int64_t topic = 0;
  MOLVA_RETURN_UNLESS_OK(FindTopicId(query.topic, &topic));
  if (topic == 0 || query.limit <= 0) return Done();
  const auto limit = static_cast<std::size_t>(query.limit);
  const std::int32_t before =
      query.before > 0 ? query.before : std::numeric_limits<std::int32_t>::max();
  molva_deletion* current = nullptr;
  std::vector<molva_range> ranges;
  const auto finish = [&rows, &current, &ranges] {
    if (current == nullptr) return;
    current->ranges = rows.CopyArray(ranges);
    current->range_count = ranges.size();
    rows.AddRow().deletion = current;
    ranges.clear();
    current = nullptr;
  };
  MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
      "SELECT del_id, user, low, hi FROM deletion WHERE topic = ? AND user IN (0, ?)"
      " AND del_id >= ? AND del_id < ? ORDER BY del_id, user <> 0, low",
      [&](const Row& row) {
        const bool is_same =
            current != nullptr && current->del_id == row.Int32(0) && current->user == row.Id(1);
        if (!is_same) {
          finish();
          if (rows.rows().size() >= limit) return Next::kStop;
          current = rows.Make<molva_deletion>();
          current->topic = query.topic;
          current->del_id = row.Int32(0);
          current->user = row.Id(1);
        }
        ranges.push_back({row.Int32(2), row.Int32(3)});
        return Next::kContinue;
      },
      topic, query.user, query.since, before));
  finish();
  return Done();
}

}  // namespace molva::sql_common
