#include "schema.h"

#include <array>

namespace molva::store_sqlite {
namespace {

// Ids are 64 unsigned bits kept in SQLite's signed integers. Times are milliseconds since 1970.
// JSON is kept as the text it came as.
//
// topic_key gives every topic name that was ever used a small number, and holds what must be
// cheap: `epoch`, the fence of appends, and `live`, the count of subscribers.
// A message whose `sender` is NULL was deleted for everybody. erased_user stands for setting
// `sender` to 0 in all messages of a user, which would scan them all.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE user (
  id INTEGER PRIMARY KEY, state INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, last_seen INTEGER, access_auth INTEGER NOT NULL,
  access_anon INTEGER NOT NULL, user_agent TEXT, public_card TEXT, trusted TEXT, tags TEXT);
CREATE TABLE erased_user (id INTEGER PRIMARY KEY);
CREATE TABLE topic_key (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL DEFAULT 0,
  live INTEGER NOT NULL DEFAULT 0);
CREATE TABLE topic (
  id INTEGER PRIMARY KEY, state INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, owner INTEGER NOT NULL, access_auth INTEGER NOT NULL,
  access_anon INTEGER NOT NULL, is_channel INTEGER NOT NULL, del_id INTEGER NOT NULL,
  public_card TEXT, trusted TEXT, aux TEXT, tags TEXT,
  party_one INTEGER NOT NULL, party_two INTEGER NOT NULL);
CREATE TABLE subscription (
  topic INTEGER NOT NULL, user INTEGER NOT NULL, is_reader INTEGER NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, deleted INTEGER, del_id INTEGER NOT NULL,
  recv INTEGER NOT NULL, read INTEGER NOT NULL, want INTEGER NOT NULL, given INTEGER NOT NULL,
  private_note TEXT, PRIMARY KEY (topic, user, is_reader)) WITHOUT ROWID;
CREATE INDEX subscription_user ON subscription (user);
CREATE TABLE message (
  topic INTEGER NOT NULL, seq INTEGER NOT NULL, created INTEGER NOT NULL, sender INTEGER,
  head TEXT, content TEXT, PRIMARY KEY (topic, seq)) WITHOUT ROWID;
CREATE TABLE deletion (
  topic INTEGER NOT NULL, user INTEGER NOT NULL, del_id INTEGER NOT NULL, low INTEGER NOT NULL,
  hi INTEGER NOT NULL, PRIMARY KEY (topic, user, del_id, low)) WITHOUT ROWID;
CREATE INDEX deletion_user ON deletion (user) WHERE user <> 0;
CREATE TABLE auth (
  scheme TEXT NOT NULL, unique_name TEXT NOT NULL, user INTEGER NOT NULL, level INTEGER NOT NULL,
  secret BLOB NOT NULL, expires INTEGER, PRIMARY KEY (scheme, unique_name)) WITHOUT ROWID;
CREATE INDEX auth_user ON auth (user, scheme);
CREATE TABLE tag (
  tag TEXT NOT NULL, kind INTEGER NOT NULL, subject INTEGER NOT NULL,
  PRIMARY KEY (tag, kind, subject)) WITHOUT ROWID;
CREATE INDEX tag_subject ON tag (kind, subject);
CREATE TABLE value (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
)sql";

// Behind all tables of version 1, and again on the way back from version 8.
constexpr const char* kCountingTriggers = R"sql(
CREATE TRIGGER subscription_added AFTER INSERT ON subscription WHEN new.deleted IS NULL BEGIN
  UPDATE topic_key SET live = live + 1 WHERE id = new.topic;
END;
CREATE TRIGGER subscription_gone AFTER DELETE ON subscription WHEN old.deleted IS NULL BEGIN
  UPDATE topic_key SET live = live - 1 WHERE id = old.topic;
END;
CREATE TRIGGER subscription_changed AFTER UPDATE OF deleted ON subscription
  WHEN (old.deleted IS NULL) <> (new.deleted IS NULL) BEGIN
  UPDATE topic_key SET live = live + iif(new.deleted IS NULL, 1, -1) WHERE id = new.topic;
END;
)sql";

constexpr const char* kFirst[] = {kVersion1, kCountingTriggers};

// For federation: names of other servers' users and groups, and the logs ("lanes") of topics.
// Lanes outlive the topic, so they hang on topic_key. A delivery is kept by the text of its topic,
// because a peer's deliveries are read page by page in that order. Entries of all topics follow
// each other as they come, so that a commit fills few pages, and none is split. Names that may be
// empty are BLOBs: empty text would be stored as NULL.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE user ADD COLUMN origin TEXT;
ALTER TABLE topic ADD COLUMN home TEXT;
ALTER TABLE topic ADD COLUMN origin TEXT;
CREATE TABLE foreign_name (name BLOB PRIMARY KEY, origin BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE lane (
  topic INTEGER NOT NULL, lane BLOB NOT NULL, n INTEGER NOT NULL, hash BLOB NOT NULL,
  note BLOB NOT NULL, PRIMARY KEY (topic, lane)) WITHOUT ROWID;
CREATE TABLE entry (
  id INTEGER PRIMARY KEY, topic INTEGER NOT NULL, lane BLOB NOT NULL, n INTEGER NOT NULL,
  seq INTEGER NOT NULL, body BLOB NOT NULL, proof BLOB NOT NULL, cause BLOB NOT NULL,
  cause_proof BLOB NOT NULL, payload BLOB NOT NULL);
CREATE UNIQUE INDEX entry_place ON entry (topic, lane, n);
CREATE TABLE delivery (
  peer BLOB NOT NULL, topic BLOB NOT NULL, lane BLOB NOT NULL, through INTEGER NOT NULL,
  acked INTEGER NOT NULL, PRIMARY KEY (peer, topic, lane)) WITHOUT ROWID;
)sql";

// A credential that is done belongs to one user.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE credential (
  user INTEGER NOT NULL, method TEXT NOT NULL, value TEXT NOT NULL, done INTEGER NOT NULL,
  response TEXT, retries INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
  PRIMARY KEY (user, method, value)) WITHOUT ROWID;
CREATE UNIQUE INDEX credential_done ON credential (method, value) WHERE done = 1;
)sql";

// `links` counts the rows of file_link, by triggers, so that what nothing uses is found at once. A
// link of a user's card has topic 0, one of a topic's card seq 0 and user 0.
constexpr const char* kVersion4 = R"sql(
CREATE TABLE file (
  id INTEGER PRIMARY KEY, status INTEGER NOT NULL, user INTEGER NOT NULL, mime TEXT, location TEXT,
  etag TEXT, size INTEGER NOT NULL, created INTEGER NOT NULL, links INTEGER NOT NULL DEFAULT 0);
CREATE INDEX file_unused ON file (created) WHERE links = 0;
CREATE TABLE file_link (
  topic INTEGER NOT NULL, seq INTEGER NOT NULL, user INTEGER NOT NULL, file INTEGER NOT NULL,
  PRIMARY KEY (topic, seq, user, file)) WITHOUT ROWID;
CREATE INDEX file_link_file ON file_link (file);
CREATE TRIGGER file_link_added AFTER INSERT ON file_link BEGIN
  UPDATE file SET links = links + 1 WHERE id = new.file;
END;
CREATE TRIGGER file_link_gone AFTER DELETE ON file_link BEGIN
  UPDATE file SET links = links - 1 WHERE id = old.file;
END;
)sql";

// What is kept beside messages. A message without any of it costs nothing here.
constexpr const char* kVersion5 = R"sql(
CREATE TABLE uid (
  topic INTEGER NOT NULL, seq INTEGER NOT NULL, user INTEGER NOT NULL, uid BLOB NOT NULL,
  PRIMARY KEY (topic, seq)) WITHOUT ROWID;
CREATE TABLE due (
  topic INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (topic, seq)) WITHOUT ROWID;
CREATE INDEX due_at ON due (at);
CREATE TABLE reaction (
  topic INTEGER NOT NULL, seq INTEGER NOT NULL, user INTEGER NOT NULL, sign BLOB NOT NULL,
  created INTEGER NOT NULL, PRIMARY KEY (topic, seq, user, sign)) WITHOUT ROWID;
CREATE INDEX reaction_user ON reaction (user);
)sql";

// The id alone is the key: a device has one owner.
constexpr const char* kVersion6 = R"sql(
CREATE TABLE device (
  id TEXT PRIMARY KEY, user INTEGER NOT NULL, platform TEXT, language TEXT,
  last_seen INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX device_user ON device (user);
)sql";

// By which words messages are found. A message's row has the number topic << 32 | seq, so that a
// topic's are one range. `edit` has for each replaced message what took its place last; `unindexed`
// for each topic with such messages the first one that is not in message_words yet, which at first
// are all. message_words_gone are ranges of rows that are to go, too many to go at once.
// topic_key.kept_from: no message below it is left.
constexpr const char* kVersion7 = R"sql(
CREATE VIRTUAL TABLE message_words USING fts5(words, columnsize = 0, prefix = '2 3',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'");
CREATE TABLE edit (
  topic INTEGER NOT NULL, original INTEGER NOT NULL, seq INTEGER NOT NULL,
  PRIMARY KEY (topic, original)) WITHOUT ROWID;
CREATE INDEX edit_seq ON edit (topic, seq);
CREATE TABLE unindexed (topic INTEGER PRIMARY KEY, low INTEGER NOT NULL);
INSERT INTO unindexed (topic, low)
  SELECT t.id, 1 FROM topic t WHERE EXISTS (SELECT 1 FROM message m WHERE m.topic = t.id);
CREATE TABLE message_words_gone (low INTEGER PRIMARY KEY, hi INTEGER NOT NULL);
ALTER TABLE topic_key ADD COLUMN kept_from INTEGER NOT NULL DEFAULT 0;
)sql";

// Whoever changes subscriptions changes `live` too.
constexpr const char* kVersion8 = R"sql(
DROP TRIGGER subscription_added;
DROP TRIGGER subscription_gone;
DROP TRIGGER subscription_changed;
)sql";

constexpr const char* kVersion9 = "ALTER TABLE schema_version ADD COLUMN applied INTEGER";

// And back. A column goes with its table's rows rewritten, which takes as long as there are many.
constexpr const char* kBackFrom2 = R"sql(
DROP TABLE delivery; DROP TABLE entry; DROP TABLE lane; DROP TABLE foreign_name;
ALTER TABLE topic DROP COLUMN origin;
ALTER TABLE topic DROP COLUMN home;
ALTER TABLE user DROP COLUMN origin;
)sql";
constexpr const char* kBackFrom3 = "DROP TABLE credential";
constexpr const char* kBackFrom4 = "DROP TABLE file_link; DROP TABLE file";
constexpr const char* kBackFrom5 = "DROP TABLE reaction; DROP TABLE due; DROP TABLE uid";
constexpr const char* kBackFrom6 = "DROP TABLE device";
constexpr const char* kBackFrom7 = R"sql(
ALTER TABLE topic_key DROP COLUMN kept_from;
DROP TABLE message_words_gone; DROP TABLE unindexed; DROP TABLE edit; DROP TABLE message_words;
)sql";
constexpr const char* kBackFrom9 = "ALTER TABLE schema_version DROP COLUMN applied";

using sql_common::MigrationPace;

constexpr std::int64_t kTimesSince = 9;
// Only ever append.
constexpr auto kVersions = std::to_array<sql_common::Version>({
    {"users, topics, messages, logins, tags", "", MigrationPace::kMoment, kFirst, {}},
    {"federation",
     "names of other servers' users and groups, and all logs of topics",
     MigrationPace::kMoment,
     {&kVersion2, 1},
     {&kBackFrom2, 1}},
    {"contacts to validate",
     "e-mail addresses and telephone numbers of accounts",
     MigrationPace::kMoment,
     {&kVersion3, 1},
     {&kBackFrom3, 1}},
    {"files",
     "which files there are and what refers to them",
     MigrationPace::kMoment,
     {&kVersion4, 1},
     {&kBackFrom4, 1}},
    {"what is kept beside messages",
     "reactions, when messages expire, marks against repeats",
     MigrationPace::kMoment,
     {&kVersion5, 1},
     {&kBackFrom5, 1}},
    {"devices", "where to push to", MigrationPace::kMoment, {&kVersion6, 1}, {&kBackFrom6, 1}},
    {"search",
     "the index of words, which is made again on the way up",
     MigrationPace::kMoment,
     {&kVersion7, 1},
     {&kBackFrom7, 1}},
    {"counts of subscribers without triggers",
     "",
     MigrationPace::kMoment,
     {&kVersion8, 1},
     {&kCountingTriggers, 1}},
    {"when each version was reached",
     "",
     MigrationPace::kMoment,
     {&kVersion9, 1},
     {&kBackFrom9, 1}},
});

}  // namespace

const sql_common::History& SchemaHistory() {
  static constexpr sql_common::History kHistory = {
      "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'", kTimesSince,
      kVersions};
  return kHistory;
}

}  // namespace molva::store_sqlite
