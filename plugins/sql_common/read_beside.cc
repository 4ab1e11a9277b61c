// The queries about what is kept beside messages: uids, dues, reactions.
#include <algorithm>
#include <limits>

#include "sql_common/reader.h"

namespace molva::sql_common {

Outcome Reader::ListUids(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(
      "SELECT d.seq, d.user, d.uid FROM topic_key k JOIN uid d ON d.topic = k.id"
      " WHERE k.name = ? ORDER BY d.seq DESC LIMIT ?",
      [&rows, &query](const Row& row) {
        auto* uid = rows.Make<molva_uid>();
        uid->topic = query.topic;
        uid->seq = row.Int32(0);
        uid->user = row.Id(1);
        uid->uid = rows.Copy(row.Text(2));
        rows.AddRow().uid = uid;
        return Next::kContinue;
      },
      query.topic, std::max(query.limit, 0));
}

Outcome Reader::ListDue(const molva_query& query, RowSet& rows) {
  const auto add = [&rows](const Row& row) {
    auto* due = rows.Make<molva_due>();
    due->topic = rows.Copy(row.Text(0));
    due->seq = row.Int32(1);
    due->when = row.Int64(2);
    rows.AddRow().due = due;
    return Next::kContinue;
  };
  if (query.topic.size > 0) {
    return connection_.ForEach(
        "SELECT k.name, d.seq, d.at FROM topic_key k JOIN due d ON d.topic = k.id"
        " WHERE k.name = ? AND d.at < ? ORDER BY d.at, d.seq LIMIT ?",
        add, query.topic, query.before_time, std::max(query.limit, 0));
  }
  return connection_.ForEach(
      "SELECT k.name, d.seq, d.at FROM due d JOIN topic_key k ON k.id = d.topic"
      " WHERE d.at < ? ORDER BY d.at, k.name, d.seq LIMIT ?",
      add, query.before_time, std::max(query.limit, 0));
}

Outcome Reader::ListReactions(const molva_query& query, RowSet& rows) {
  std::int64_t topic = 0;
  MOLVA_RETURN_UNLESS_OK(FindTopicId(query.topic, &topic));
  std::vector<molva_range> ranges(query.ranges, query.ranges + query.range_count);
  if (ranges.empty()) ranges.push_back({0, std::numeric_limits<std::int32_t>::max()});
  const auto limit = static_cast<std::size_t>(std::max(query.limit, 0));
  for (const molva_range& range : ranges) {
    if (topic == 0 || rows.rows().size() >= limit) break;
    MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
        "SELECT seq, user, sign, created FROM reaction WHERE topic = ? AND seq >= ? AND seq < ?"
        " ORDER BY seq, created, user, sign LIMIT ?",
        [&rows, &query](const Row& row) {
          auto* reaction = rows.Make<molva_reaction>();
          reaction->topic = query.topic;
          reaction->seq = row.Int32(0);
          reaction->user = row.Id(1);
          reaction->sign = rows.Copy(row.Text(2));
          reaction->created = row.Int64(3);
          rows.AddRow().reaction = reaction;
          return Next::kContinue;
        },
        topic, range.low, range.hi, limit - rows.rows().size()));
  }
  return Done();
}

}  // namespace molva::sql_common
