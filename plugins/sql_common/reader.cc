#include "sql_common/reader.h"

#include <algorithm>
#include <string>

#include "sql_common/columns.h"

namespace molva::sql_common {
namespace {

const molva_auth_record* ReadAuth(const Row& row, RowSet& rows) {
  auto* auth = rows.Make<molva_auth_record>();
  auth->scheme = rows.Copy(row.Text(0));
  auth->unique = rows.Copy(row.Text(1));
  auth->user = row.Id(2);
  auth->level = row.Bits(3);
  auth->secret = rows.Copy(row.Text(4));
  auth->expires = row.Time(5);
  return auth;
}

}  // namespace

Outcome Reader::Answer(const molva_query& query, RowSet& rows) {
  MOLVA_RETURN_UNLESS_OK(connection_.BeginReading());
  Outcome outcome = Dispatch(query, rows);
  const Outcome end = connection_.EndReading();
  return outcome.ok() ? end : outcome;
}

Outcome Reader::Dispatch(const molva_query& query, RowSet& rows) {
  switch (query.kind) {
    case MOLVA_FIND_USER:
      return FindUser(query, rows);
    case MOLVA_FIND_TOPIC:
      return FindTopic(query, rows);
    case MOLVA_LIST_SUBSCRIPTIONS:
      return ListSubscriptions(query, rows);
    case MOLVA_FIND_SUBSCRIPTION:
      return FindSubscription(query, rows);
    case MOLVA_LIST_MEMBERS:
      return ListMembers(query, rows);
    case MOLVA_LIST_CONTACTS:
      return ListContacts(query, rows);
    case MOLVA_LIST_MESSAGES:
      return ListMessages(query, rows);
    case MOLVA_LIST_DELETIONS:
      return ListDeletions(query, rows);
    case MOLVA_FIND_AUTH:
      return FindAuth(query, rows);
    case MOLVA_FIND_AUTH_OF_USER:
      return FindAuthOfUser(query, rows);
    case MOLVA_LIST_CREDENTIALS:
      return ListCredentials(query, rows);
    case MOLVA_FIND_CREDENTIAL:
      return FindCredential(query, rows);
    case MOLVA_LIST_DEVICES:
      return ListDevices(query, rows);
    case MOLVA_FIND_BY_TAGS:
      return FindByTags(query, rows);
    case MOLVA_FIND_VALUE:
      return FindValue(query, rows);
    case MOLVA_LIST_VALUES:
      return ListValues(query, rows);
    case MOLVA_LIST_LANES:
      return ListLanes(query, rows);
    case MOLVA_LIST_ENTRIES:
      return ListEntries(query, rows);
    case MOLVA_LIST_DELIVERIES:
      return ListDeliveries(query, rows);
    case MOLVA_LIST_FOREIGN_NAMES:
      return ListForeignNames(query, rows);
    default:
      return DispatchLater(query, rows);
  }
}

Outcome Reader::DispatchLater(const molva_query& query, RowSet& rows) {
  switch (query.kind) {
    case MOLVA_FIND_FILE:
      return FindFile(query, rows);
    case MOLVA_LIST_UNUSED_FILES:
      return ListUnusedFiles(query, rows);
    case MOLVA_LIST_UIDS:
      return ListUids(query, rows);
    case MOLVA_LIST_DUE:
      return ListDue(query, rows);
    case MOLVA_LIST_REACTIONS:
      return ListReactions(query, rows);
    case MOLVA_FIND_WORDS:
      return FindWords(query, rows);
    case MOLVA_FIND_WORDS_OF_USER:
      return FindWordsOfUser(query, rows);
    case MOLVA_LIST_UNINDEXED:
      return ListUnindexed(query, rows);
    case MOLVA_LIST_OLD:
      return ListOld(query, rows);
    default:
      return {MOLVA_UNSUPPORTED, "unknown kind of query " + std::to_string(query.kind)};
  }
}

Outcome Reader::FindUser(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(
      "SELECT " MOLVA_USER_COLUMNS " FROM user u WHERE u.id = ? AND u.state <> ?",
      [&rows](const Row& row) {
        rows.AddRow().user = ReadUser(row, 0, rows);
        return Next::kContinue;
      },
      query.user, static_cast<std::int64_t>(MOLVA_STATE_DELETED));
}

Outcome Reader::FindTopic(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(
      "SELECT " MOLVA_TOPIC_COLUMNS
      " FROM topic_key k JOIN topic t ON t.id = k.id WHERE k.name = ?",
      [&rows](const Row& row) {
        rows.AddRow().topic = ReadTopic(row, 0, rows);
        return Next::kContinue;
      },
      query.topic);
}

Outcome Reader::ListSubscriptions(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(
      "SELECT " MOLVA_SUBSCRIPTION_COLUMNS
      " FROM topic_key k JOIN subscription s ON s.topic = k.id"
      " WHERE k.name = ? AND s.is_reader = 0 ORDER BY s.user",
      [&rows](const Row& row) {
        rows.AddRow().subscription = ReadSubscription(row, 0, rows);
        return Next::kContinue;
      },
      query.topic);
}

Outcome Reader::FindSubscription(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(
      "SELECT " MOLVA_SUBSCRIPTION_COLUMNS
      " FROM topic_key k JOIN subscription s ON s.topic = k.id"
      " WHERE k.name = ? AND s.user = ? AND s.is_reader = ?",
      [&rows](const Row& row) {
        rows.AddRow().subscription = ReadSubscription(row, 0, rows);
        return Next::kContinue;
      },
      query.topic, query.user, query.is_reader);
}

Outcome Reader::ListMembers(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(
      "SELECT " MOLVA_SUBSCRIPTION_COLUMNS ", " MOLVA_USER_COLUMNS
      " FROM topic_key k JOIN subscription s ON s.topic = k.id LEFT JOIN user u ON u.id = s.user"
      " WHERE k.name = ? AND s.is_reader = 0 ORDER BY s.user",
      [&rows](const Row& row) {
        molva_row& out = rows.AddRow();
        out.subscription = ReadSubscription(row, 0, rows);
        if (!row.IsNull(kSubscriptionColumns)) out.user = ReadUser(row, kSubscriptionColumns, rows);
        return Next::kContinue;
      },
      query.topic);
}

Outcome Reader::ListContacts(const molva_query& query, RowSet& rows) {
  constexpr int kTopicAt = kSubscriptionColumns;
  constexpr int kUserAt = kTopicAt + kTopicColumns;
  return connection_.ForEach(
      "SELECT " MOLVA_SUBSCRIPTION_COLUMNS ", " MOLVA_TOPIC_COLUMNS ", " MOLVA_USER_COLUMNS
      " FROM subscription s JOIN topic t ON t.id = s.topic JOIN topic_key k ON k.id = s.topic"
      " LEFT JOIN user u ON u.id = CASE s.user WHEN t.party_one THEN t.party_two"
      " WHEN t.party_two THEN t.party_one END"
      " WHERE s.user = ? ORDER BY s.topic, s.is_reader",
      [&rows](const Row& row) {
        molva_row& out = rows.AddRow();
        out.subscription = ReadSubscription(row, 0, rows);
        out.topic = ReadTopic(row, kTopicAt, rows);
        if (!row.IsNull(kUserAt)) out.user = ReadUser(row, kUserAt, rows);
        return Next::kContinue;
      },
      query.user);
}

Outcome Reader::FindAuth(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(
      "SELECT scheme, unique_name, user, level, secret, expires FROM auth"
      " WHERE scheme = ? AND unique_name = ?",
      [&rows](const Row& row) {
        rows.AddRow().auth = ReadAuth(row, rows);
        return Next::kContinue;
      },
      query.scheme, query.key);
}

Outcome Reader::FindAuthOfUser(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(
      "SELECT scheme, unique_name, user, level, secret, expires FROM auth"
      " WHERE user = ? AND scheme = ? ORDER BY unique_name LIMIT 1",
      [&rows](const Row& row) {
        rows.AddRow().auth = ReadAuth(row, rows);
        return Next::kContinue;
      },
      query.user, query.scheme);
}

Outcome Reader::FindValue(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(
      "SELECT value FROM value WHERE key = ?",
      [&rows](const Row& row) {
        rows.AddRow().texts = rows.CopyList({rows.Copy(row.Text(0))});
        return Next::kContinue;
      },
      query.key);
}

Outcome Reader::ListValues(const molva_query& query, RowSet& rows) {
  const auto add = [&rows, &query](const Row& row) {
    if (!row.Text(0).starts_with(sdk::View(query.key))) return Next::kStop;
    const molva_text key = rows.Copy(row.Text(0));
    const molva_text value = rows.Copy(row.Text(1));
    rows.AddRow().texts = rows.CopyList({key, value});
    return Next::kContinue;
  };
  const std::int32_t limit = std::max(query.limit, 0);
  if (query.key.size == 0) {
    return connection_.ForEach("SELECT key, value FROM value ORDER BY key LIMIT ?", add, limit);
  }
  return connection_.ForEach("SELECT key, value FROM value WHERE key >= ? ORDER BY key LIMIT ?",
                             add, query.key, limit);
}

}  // namespace molva::sql_common
