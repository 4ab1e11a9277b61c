// A database of an older version opens with all it has, and can do what is new.
#include <array>

#include "plugin/store_versions.h"
#include "tests/contract/store/harness.h"
#include "tests/contract/store/sqlite_file.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line

// The schema of version 1, as that version wrote it. Never changes.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO schema_version (version) VALUES (1);
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

// A little of everything, in the rows that version 1 made: see MakeUser and its neighbours.
constexpr const char* kRows = R"sql(
INSERT INTO user VALUES (11, 0, 1700000000001, 1700000000002, 1700000000003, 14, 0, 'Agent/1.0',
  '{"fn":"Ann"}', NULL, '9:alias:ann,');
INSERT INTO tag VALUES ('alias:ann', 0, 11);
INSERT INTO topic_key (id, name, epoch) VALUES (1, '$GROUP', 3);
INSERT INTO topic VALUES (1, 0, 1700000000010, 1700000000011, 11, 47, 0, 0, 1, '{"fn":"Group"}',
  NULL, NULL, '', 0, 0);
INSERT INTO subscription VALUES (1, 11, 0, 1700000000020, 1700000000021, NULL, 0, 2, 2, 255, 47,
  NULL);
INSERT INTO message VALUES (1, 1, 1700000000101, 11, NULL, '"one"'), (1, 2, 1700000000102, 11,
  '{"n":2}', '"two"'), (1, 3, 1700000000103, NULL, NULL, NULL);
INSERT INTO deletion VALUES (1, 0, 1, 3, 4);
INSERT INTO auth VALUES ('basic', 'ann', 11, 20, x'00ff', NULL);
INSERT INTO value VALUES ('node.key', x'0001');
)sql";

// Replaces the database of `h` by one of version 1, opened again.
void OpenVersion1(StoreHarness& h) {
  h.Close();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(h.database().string() + suffix);
  }
  {
    SqliteFile database(h.database());
    database.Run(kVersion1);
    std::string rows = kRows;
    rows.replace(rows.find("$GROUP"), 6, kGroup.ToString());
    database.Run(rows);
  }
  h.Open();
}

TEST_CASE("a database of version 1 opens with all it has") {
  StoreHarness h(Make::kSqlite);
  OpenVersion1(h);
  const auto user = h.User(kAnn);
  REQUIRE(user.has_value());
  CHECK(user->updated == At(2));
  CHECK(user->public_card.text == R"({"fn":"Ann"})");
  CHECK(user->tags == std::vector<std::string>{"alias:ann"});
  CHECK(user->origin.empty());
  CHECK(h.ByTags({{{"alias:ann"}}, {}, kBob}).size() == 1);
  const auto topic = h.Topic(kGroup);
  REQUIRE(topic.has_value());
  CHECK(topic->seq == 3);
  CHECK(topic->touched == At(103));
  CHECK(topic->del_id == 1);
  CHECK(topic->owner == kAnn);
  CHECK(topic->subscriber_count == 1);
  CHECK(topic->home.empty());
  CHECK(topic->origin.empty());
  CHECK(h.Subscription(kGroup, kAnn)->read == 2);
  CHECK(h.Seqs({kGroup, kAnn, {}, 10}) == std::vector<model::SeqId>{2, 1});
  CHECK(h.Messages({kGroup, kAnn, {}, 1})[0].content.text == "\"two\"");
  CHECK(h.Deletions({kGroup, kAnn}).size() == 1);
  CHECK(h.Auth("basic", "ann")->secret == std::string("\0\xff", 2));
  CHECK(h.Value("node.key") == std::string("\0\1", 2));
  CHECK(h.ForeignNames().empty());
  CHECK(h.Lanes(kGroup).empty());
}

TEST_CASE("a database of version 1 takes what is new, and the fences of the old hold") {
  StoreHarness h(Make::kSqlite);
  OpenVersion1(h);
  CHECK(absl::IsAborted(h.Write({AppendMessage{MakeMessage(kGroup, 4), 2}})));
  UserRecord ann = *h.User(kAnn);
  ann.origin = "usrAAAAAAAAAAA@b.example";
  h.MustWrite({AppendMessage{MakeMessage(kGroup, 4), 3}, MakeEntry(kGroup, kChainLane, 1, 4),
               RequestDelivery{{"b.example", kGroup, kChainLane, 1, 0}}, PutUser{ann}});
  h.Reopen();
  CHECK(h.User(kAnn)->origin == ann.origin);
  CHECK(h.ForeignNames().size() == 1);
  const auto entries = h.Entries({kGroup, kChainLane});
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].message->seq == 4);
  CHECK(h.Deliveries({"b.example", "", ""}).size() == 1);
  h.Close();
  CHECK(SqliteFile(h.database()).Text("SELECT group_concat(version) FROM schema_version") ==
        "1,2,3,4,5,6,7,8,9");
  h.Open();
}

TEST_CASE("a database of a newer version is refused and left as it is") {
  StoreHarness h(Make::kSqlite);
  h.Close();
  SqliteFile(h.database()).Run("INSERT INTO schema_version (version) VALUES (99)");
  const auto library = plugin::Library::Load(MOLVA_STORE_SQLITE, MOLVA_KIND_STORE);
  REQUIRE(library.ok());
  const auto opened =
      plugin::StorePlugin::Open(*library, "{\"path\": \"" + h.database().string() + "\"}");
  CHECK(absl::IsUnimplemented(opened.status()));
  CHECK(std::string(opened.status().message()).find("schema version 99") != std::string::npos);
  CHECK(SqliteFile(h.database()).Text("SELECT max(version) FROM schema_version") == "99");
}

constexpr std::array kWithVersions = {Make::kSqlite, Make::kPostgres};

plugin::StoreMigrator MigratorOf(const StoreHarness& h) {
  const auto library = plugin::Library::Load(LibraryOf(h.make()), MOLVA_KIND_STORE);
  REQUIRE(library.ok());
  auto made = plugin::StoreMigrator::Make(*library, h.ConfigJson());
  REQUIRE(made.ok());
  return *std::move(made);
}

plugin::StoreVersions VersionsOf(const StoreHarness& h) {
  const auto read = MigratorOf(h).Read();
  INFO(read.status().ToString());
  REQUIRE(read.ok());
  return *read;
}

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

TEST_CASE("a store tells its versions, and when it reached them, while it is served from") {
  for (const Make make : kWithVersions) {
    StoreHarness h(make);
    const plugin::StoreVersions versions = VersionsOf(h);
    CHECK(versions.current == versions.newest());
    for (const plugin::StoreVersion& one : versions.known) CHECK_FALSE(one.what.empty());
    CHECK(versions.known.front().is_final);
    const auto applied = versions.known.back().applied;
    REQUIRE(applied.has_value());
    CHECK(absl::AbsDuration(absl::Now() - *applied) < absl::Minutes(5));
  }
}

TEST_CASE("a store goes back to its first version and up again with what that one holds") {
  for (const Make make : kWithVersions) {
    StoreHarness h(make);
    h.MustWrite({PutUser{MakeUser(kAnn, {"alias:ann"})}, PutTopic{MakeTopic(kGroup)},
                 AppendMessage{MakeMessage(kGroup, 1), 0}, PutValue{"kept", "value"}});
    h.Close();
    plugin::StoreMigrator migrator = MigratorOf(h);
    const std::int64_t newest = VersionsOf(h).newest();
    for (std::int64_t to = newest - 1; to >= 1; --to) {
      INFO("to " << to);
      REQUIRE(migrator.StepTo(to) == absl::OkStatus());
      CHECK(VersionsOf(h).current == to);
    }
    CHECK(absl::IsUnimplemented(migrator.StepTo(0)));
    CHECK(VersionsOf(h).current == 1);
    for (std::int64_t to = 2; to <= newest; ++to) {
      INFO("to " << to);
      REQUIRE(migrator.StepTo(to) == absl::OkStatus());
    }
    CHECK(absl::IsUnimplemented(migrator.StepTo(newest + 1)));
    CHECK(absl::IsUnimplemented(migrator.StepTo(newest)));
    h.Open();
    CHECK(h.User(kAnn)->tags == std::vector<std::string>{"alias:ann"});
    CHECK(h.Topic(kGroup)->seq == 1);
    CHECK(h.Value("kept") == "value");
    h.MustWrite({AppendMessage{MakeMessage(kGroup, 2), 0}});
    CHECK(h.Seqs({kGroup, kAnn, {}, 10}) == std::vector<model::SeqId>{2, 1});
  }
}

TEST_CASE("a store that must not change by itself is opened when it is brought up to date") {
  for (const Make make : kWithVersions) {
    StoreHarness h(make, R"(, "migrate": false)");
    h.Close();
    plugin::StoreMigrator migrator = MigratorOf(h);
    const std::int64_t newest = VersionsOf(h).newest();
    REQUIRE(migrator.StepTo(newest - 1) == absl::OkStatus());
    const auto library = plugin::Library::Load(LibraryOf(make), MOLVA_KIND_STORE);
    const absl::Status refused = plugin::StorePlugin::Open(*library, h.ConfigJson()).status();
    CHECK(absl::IsUnimplemented(refused));
    CHECK(MessageOf(refused).find("molvad migrate up") != std::string::npos);
    CHECK(VersionsOf(h).current == newest - 1);
    REQUIRE(migrator.StepTo(newest) == absl::OkStatus());
    h.Open();
  }
}

TEST_CASE("nobody changes the tables of a store that is open") {
  for (const Make make : kWithVersions) {
    StoreHarness h(make);
    const std::int64_t newest = VersionsOf(h).newest();
    CHECK(absl::IsUnavailable(MigratorOf(h).StepTo(newest - 1)));
    CHECK(VersionsOf(h).current == newest);
  }
}

TEST_CASE("versions of what is not there are refused, and nothing is made") {
  StoreHarness h(Make::kSqlite);
  h.Close();
  std::filesystem::remove(h.database());
  const absl::Status refused = MigratorOf(h).Read().status();
  CHECK(absl::IsNotFound(refused));
  CHECK_FALSE(std::filesystem::exists(h.database()));
}

}  // namespace
}  // namespace molva::test
