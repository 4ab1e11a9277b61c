#include "sql_common/columns.h"

#include "sql_common/tag_list.h"

namespace molva::sql_common {
namespace {

molva_texts ReadTags(const Row& row, int column, RowSet& rows) {
  const molva_text packed = rows.Copy(row.Text(column));
  std::vector<molva_text> tags;
  for (const std::string_view tag : UnpackTags(sdk::View(packed))) tags.push_back(sdk::Text(tag));
  return rows.CopyList(tags);
}

}  // namespace

const molva_user* ReadUser(const Row& row, int first, RowSet& rows) {
  auto* user = rows.Make<molva_user>();
  user->id = row.Id(first);
  user->state = row.Bits(first + 1);
  user->created = row.Int64(first + 2);
  user->updated = row.Int64(first + 3);
  user->last_seen = row.Time(first + 4);
  user->access_auth = row.Bits(first + 5);
  user->access_anon = row.Bits(first + 6);
  user->user_agent = rows.Copy(row.Text(first + 7));
  user->public_card = rows.Copy(row.Text(first + 8));
  user->trusted = rows.Copy(row.Text(first + 9));
  user->tags = ReadTags(row, first + 10, rows);
  user->origin = rows.Copy(row.Text(first + 11));
  return user;
}

const molva_topic* ReadTopic(const Row& row, int first, RowSet& rows) {
  auto* topic = rows.Make<molva_topic>();
  topic->name = rows.Copy(row.Text(first));
  topic->state = row.Bits(first + 1);
  topic->created = row.Int64(first + 2);
  topic->updated = row.Int64(first + 3);
  topic->owner = row.Id(first + 4);
  topic->access_auth = row.Bits(first + 5);
  topic->access_anon = row.Bits(first + 6);
  topic->is_channel = row.Bits(first + 7);
  topic->del_id = row.Int32(first + 8);
  topic->public_card = rows.Copy(row.Text(first + 9));
  topic->trusted = rows.Copy(row.Text(first + 10));
  topic->aux = rows.Copy(row.Text(first + 11));
  topic->tags = ReadTags(row, first + 12, rows);
  topic->parties[0] = row.Id(first + 13);
  topic->parties[1] = row.Id(first + 14);
  topic->subscriber_count = row.Int32(first + 15);
  topic->seq = row.Int32(first + 16);
  topic->touched = row.Int64(first + 17);
  topic->home = rows.Copy(row.Text(first + 18));
  topic->origin = rows.Copy(row.Text(first + 19));
  return topic;
}

const molva_subscription* ReadSubscription(const Row& row, int first, RowSet& rows) {
  auto* subscription = rows.Make<molva_subscription>();
  subscription->topic = rows.Copy(row.Text(first));
  subscription->user = row.Id(first + 1);
  subscription->is_reader = row.Bits(first + 2);
  subscription->created = row.Int64(first + 3);
  subscription->updated = row.Int64(first + 4);
  subscription->deleted = row.Time(first + 5);
  subscription->del_id = row.Int32(first + 6);
  subscription->recv = row.Int32(first + 7);
  subscription->read = row.Int32(first + 8);
  subscription->want = row.Bits(first + 9);
  subscription->given = row.Bits(first + 10);
  subscription->private_note = rows.Copy(row.Text(first + 11));
  return subscription;
}

}  // namespace molva::sql_common
