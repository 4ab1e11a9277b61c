// The queries about lanes, their entries and deliveries, and about foreign names.
#include <algorithm>

#include "sql_common/reader.h"

namespace molva::sql_common {
namespace {

const molva_entry* ReadEntry(const Row& row, const molva_query& query, RowSet& rows) {
  auto* entry = rows.Make<molva_entry>();
  entry->topic = query.topic;
  entry->lane = query.scheme;
  entry->n = row.Int64(0);
  entry->seq = row.Int32(1);
  entry->body = rows.Copy(row.Text(2));
  entry->proof = rows.Copy(row.Text(3));
  entry->cause = rows.Copy(row.Text(4));
  entry->cause_proof = rows.Copy(row.Text(5));
  entry->payload = rows.Copy(row.Text(6));
  return entry;
}

const molva_message* ReadMessage(const Row& row, const molva_query& query, RowSet& rows) {
  if (row.IsNull(7)) return nullptr;
  auto* message = rows.Make<molva_message>();
  message->topic = query.topic;
  message->seq = row.Int32(1);
  message->created = row.Int64(7);
  message->from = row.Id(8);
  message->head = rows.Copy(row.Text(9));
  message->content = rows.Copy(row.Text(10));
  return message;
}

std::int64_t TextBytes(const Row& row) {
  std::size_t bytes = 0;
  for (const int column : {2, 3, 4, 5, 6, 9, 10}) bytes += row.Text(column).size();
  return static_cast<std::int64_t>(bytes);
}

}  // namespace

Outcome Reader::ListLanes(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(
      "SELECT l.lane, l.n, l.hash, l.note FROM topic_key k JOIN lane l ON l.topic = k.id"
      " WHERE k.name = ? ORDER BY l.lane",
      [&rows, &query](const Row& row) {
        auto* lane = rows.Make<molva_lane>();
        lane->topic = query.topic;
        lane->lane = rows.Copy(row.Text(0));
        lane->n = row.Int64(1);
        lane->hash = rows.Copy(row.Text(2));
        lane->note = rows.Copy(row.Text(3));
        rows.AddRow().lane = lane;
        return Next::kContinue;
      },
      query.topic);
}

Outcome Reader::ListEntries(const molva_query& query, RowSet& rows) {
  std::int64_t topic = 0;
  MOLVA_RETURN_UNLESS_OK(FindTopicId(query.topic, &topic));
  if (topic == 0) return Done();
  std::int64_t bytes = 0;
  return connection_.ForEach(
      "SELECT e.n, e.seq, e.body, e.proof, e.cause, e.cause_proof, e.payload, m.created,"
      " CASE WHEN EXISTS (SELECT 1 FROM erased_user u WHERE u.id = m.sender)"
      " THEN 0 ELSE m.sender END, m.head, m.content FROM entry e LEFT JOIN message m"
      " ON m.topic = e.topic AND m.seq = e.seq AND m.sender IS NOT NULL"
      " WHERE e.topic = ? AND e.lane = ? AND e.n > ? ORDER BY e.n LIMIT ?",
      [&rows, &query, &bytes](const Row& row) {
        bytes += TextBytes(row);
        if (!rows.rows().empty() && bytes > query.max_bytes) return Next::kStop;
        molva_row& out = rows.AddRow();
        out.entry = ReadEntry(row, query, rows);
        out.message = ReadMessage(row, query, rows);
        return Next::kContinue;
      },
      topic, Blob{query.scheme}, query.after, std::max(query.limit, 1));
}

Outcome Reader::ListDeliveries(const molva_query& query, RowSet& rows) {
  const auto add = [&rows](const Row& row) {
    auto* delivery = rows.Make<molva_delivery>();
    delivery->peer = rows.Copy(row.Text(0));
    delivery->topic = rows.Copy(row.Text(1));
    delivery->lane = rows.Copy(row.Text(2));
    delivery->through = row.Int64(3);
    delivery->acked = row.Int64(4);
    rows.AddRow().delivery = delivery;
    return Next::kContinue;
  };
  const std::int32_t limit = std::max(query.limit, 0);
  if (query.key.size == 0) {
    return connection_.ForEach(
        "SELECT peer, topic, lane, through, acked FROM delivery WHERE acked < through"
        " ORDER BY peer, topic, lane LIMIT ?",
        add, limit);
  }
  return connection_.ForEach(
      "SELECT peer, topic, lane, through, acked FROM delivery WHERE peer = ?"
      " AND (topic, lane) > (?, ?) AND acked < through ORDER BY topic, lane LIMIT ?",
      add, Blob{query.key}, Blob{query.topic}, Blob{query.scheme}, limit);
}

Outcome Reader::ListForeignNames(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(
      "SELECT name, origin FROM foreign_name WHERE name > ? ORDER BY name LIMIT ?",
      [&rows](const Row& row) {
        const molva_text name = rows.Copy(row.Text(0));
        const molva_text origin = rows.Copy(row.Text(1));
        rows.AddRow().texts = rows.CopyList({name, origin});
        return Next::kContinue;
      },
      Blob{query.key}, std::max(query.limit, 0));
}

}  // namespace molva::sql_common
