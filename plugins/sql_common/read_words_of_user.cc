// The query by words over all topics that a user may read.
#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>
#include <vector>

#include "sql_common/columns.h"
#include "sql_common/reader.h"

namespace molva::sql_common {

// A topic that a user may read.
struct Reader::Readable {
  std::int64_t id;
  molva_text name;
  std::int64_t touched;  // when its last message was made
  std::int32_t last_seq;
  const molva_subscription* subscription;  // the user's
};

Outcome Reader::ListReadable(const molva_query& query, RowSet& rows,
                             std::vector<Readable>* topics) {
  // More are not looked into, however many somebody has.
  constexpr int kMostTopics = 1024;
  return connection_.ForEach(
      "SELECT " MOLVA_SUBSCRIPTION_COLUMNS
      ", t.id, m.created, m.seq FROM subscription s JOIN topic t ON t.id = s.topic"
      " JOIN topic_key k ON k.id = s.topic JOIN message m ON m.topic = s.topic"
      " AND m.seq = (SELECT max(seq) FROM message WHERE topic = s.topic)"
      " WHERE s.user = ?1 AND s.deleted IS NULL AND (s.want & s.given & 3) = 3 AND t.state = ?2"
      " AND (s.is_reader = 0 OR (t.is_channel <> 0 AND NOT EXISTS (SELECT 1 FROM subscription o"
      " WHERE o.topic = s.topic AND o.user = ?1 AND o.is_reader = 0"
      " AND (o.deleted IS NULL OR (o.given & 1) = 0))))"
      " ORDER BY m.created DESC LIMIT ?3",
      [&](const Row& row) {
        Readable& topic = topics->emplace_back();
        topic.subscription = ReadSubscription(row, 0, rows);
        topic.name = topic.subscription->topic;
        topic.id = row.Int64(kSubscriptionColumns);
        topic.touched = row.Int64(kSubscriptionColumns + 1);
        topic.last_seq = row.Int32(kSubscriptionColumns + 2);
        return Next::kContinue;
      },
      query.user, static_cast<std::int64_t>(MOLVA_STATE_OK), kMostTopics);
}

Outcome Reader::FindPlace(const molva_query& query, const Readable& topic, std::int32_t* seq) {
  if (sdk::View(query.topic) == sdk::View(topic.name)) {
    *seq = query.before;
    return Done();
  }
  // Times grow with the numbers; at the same time the name of the topic decides.
  const bool is_behind = sdk::View(topic.name) < sdk::View(query.topic);
  const std::int64_t first = is_behind ? query.before_time + 1 : query.before_time;
  std::int32_t low = 1;
  std::int32_t hi = topic.last_seq + 1;
  if (topic.touched < first) low = hi;
  while (low < hi) {
    const std::int32_t middle = low + (hi - low) / 2;
    bool is_before = false;
    MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
        "SELECT created FROM message WHERE topic = ? AND seq >= ? ORDER BY seq LIMIT 1",
        [&](const Row& row) {
          is_before = row.Int64(0) < first;
          return Next::kStop;
        },
        topic.id, middle));
    if (is_before) {
      low = middle + 1;
    } else {
      hi = middle;
    }
  }
  *seq = low;
  return Done();
}

Outcome Reader::AddFound(const Readable& topic, std::int32_t seq, RowSet& rows) {
  return connection_.ForEach(
      "SELECT seq, created, CASE WHEN EXISTS (SELECT 1 FROM erased_user e WHERE e.id = sender)"
      " THEN 0 ELSE sender END, head, content FROM message WHERE topic = ? AND seq = ?",
      [&](const Row& row) {
        AddMessage(row, topic.name, rows);
        rows.rows().back().subscription = topic.subscription;
        return Next::kContinue;
      },
      topic.id, seq);
}

Outcome Reader::FindWordsOfUser(const molva_query& query, RowSet& rows) {
  struct Hit {
    std::int64_t created;
    const Readable* topic;
    std::int32_t seq;

    auto place() const { return std::make_tuple(created, sdk::View(topic->name), seq); }
  };
  if (query.limit <= 0 || query.required_count == 0 || query.user == 0) return Done();
  std::vector<Readable> topics;
  MOLVA_RETURN_UNLESS_OK(ListReadable(query, rows, &topics));
  const auto limit = static_cast<std::size_t>(query.limit);
  std::vector<Hit> hits;
  for (const Readable& topic : topics) {
    // What is older than all of a full page need not be looked for.
    if (hits.size() == limit && topic.touched < hits.back().created) break;
    molva_range range{1, std::numeric_limits<std::int32_t>::max()};
    if (query.topic.size > 0) MOLVA_RETURN_UNLESS_OK(FindPlace(query, topic, &range.hi));
    if (range.low >= range.hi) continue;
    molva_query in_topic = query;
    in_topic.topic = topic.name;
    in_topic.ranges = &range;
    in_topic.range_count = 1;
    RowSet found;
    MOLVA_RETURN_UNLESS_OK(FindWords(in_topic, found));
    for (const molva_row& row : found.rows()) {
      hits.push_back({row.message->created, &topic, row.message->seq});
    }
    std::sort(hits.begin(), hits.end(),
              [](const Hit& a, const Hit& b) { return a.place() > b.place(); });
    if (hits.size() > limit) hits.resize(limit);
  }
  for (const Hit& hit : hits) MOLVA_RETURN_UNLESS_OK(AddFound(*hit.topic, hit.seq, rows));
  return Done();
}

}  // namespace molva::sql_common
