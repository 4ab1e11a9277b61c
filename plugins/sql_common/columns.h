// The columns of each record in queries, and the way back from a row to the record.
#pragma once

#include "molva/store_plugin.h"
#include "sql_common/connection.h"
#include "sql_common/row_set.h"

namespace molva::sql_common {

// Macros, so that they join with the rest of a statement into one literal, whose address is the key
// of the statement cache. Tables are aliased: u user, t topic, k topic_key, s subscription.
#define MOLVA_USER_COLUMNS                                                                        \
  "u.id, u.state, u.created, u.updated, u.last_seen, u.access_auth, u.access_anon, u.user_agent," \
  " u.public_card, u.trusted, u.tags, u.origin"
#define MOLVA_TOPIC_COLUMNS                                                                     \
  "k.name, t.state, t.created, t.updated, t.owner, t.access_auth, t.access_anon, t.is_channel," \
  " t.del_id, t.public_card, t.trusted, t.aux, t.tags, t.party_one, t.party_two, k.live,"       \
  " coalesce((SELECT max(m.seq) FROM message m WHERE m.topic = t.id), 0),"                      \
  " coalesce((SELECT m.created FROM message m WHERE m.topic = t.id"                             \
  " ORDER BY m.seq DESC LIMIT 1), t.updated), t.home, t.origin"
#define MOLVA_SUBSCRIPTION_COLUMNS                                                          \
  "k.name, s.user, s.is_reader, s.created, s.updated, s.deleted, s.del_id, s.recv, s.read," \
  " s.want, s.given, s.private_note"
inline constexpr int kSubscriptionColumns = 12;
inline constexpr int kTopicColumns = 20;

// The record whose columns start at `first`.
const molva_user* ReadUser(const Row& row, int first, RowSet& rows);
const molva_topic* ReadTopic(const Row& row, int first, RowSet& rows);
const molva_subscription* ReadSubscription(const Row& row, int first, RowSet& rows);

}  // namespace molva::sql_common
