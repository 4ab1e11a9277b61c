// The changes to users, auth records and values.
#include "sql_common/applier.h"
#include "sql_common/tag_list.h"
#include "sql_common/user_name.h"

namespace molva::sql_common {

Outcome Applier::PutTags(int kind, std::int64_t subject, molva_texts tags) {
  MOLVA_RETURN_UNLESS_OK(
      connection_.Run("DELETE FROM tag WHERE kind = ? AND subject = ?", kind, subject));
  for (std::size_t i = 0; i < tags.count; ++i) {
    if (tags.items[i].size == 0) continue;
    MOLVA_RETURN_UNLESS_OK(connection_.Run(
        "INSERT INTO tag (tag, kind, subject) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        tags.items[i], kind, subject));
  }
  return Done();
}

Outcome Applier::PutForeignName(molva_text name, molva_text origin) {
  if (origin.size == 0) {
    return connection_.Run("DELETE FROM foreign_name WHERE name = ?", Blob{name});
  }
  return connection_.Run(
      "INSERT INTO foreign_name (name, origin) VALUES (?, ?)"
      " ON CONFLICT (name) DO UPDATE SET origin = excluded.origin",
      Blob{name}, Blob{origin});
}

Outcome Applier::PutUser(const molva_user& user, molva_expect expect) {
  MOLVA_RETURN_UNLESS_OK(
      CheckExpectRow(expect, "user", "SELECT 1 FROM user WHERE id = ?", user.id));
  const std::string tags = PackTags(user.tags);
  const molva_text origin = MOLVA_HAS(&user, origin) ? user.origin : molva_text{};
  MOLVA_RETURN_UNLESS_OK(connection_.Run(
      "INSERT INTO user (id, state, created, updated, last_seen, access_auth,"
      " access_anon, user_agent, public_card, trusted, tags, origin)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
      " state = excluded.state, created = excluded.created, updated = excluded.updated,"
      " last_seen = excluded.last_seen, access_auth = excluded.access_auth,"
      " access_anon = excluded.access_anon, user_agent = excluded.user_agent,"
      " public_card = excluded.public_card, trusted = excluded.trusted, tags = excluded.tags,"
      " origin = excluded.origin",
      user.id, user.state, user.created, user.updated, OptionalTime(user.last_seen),
      user.access_auth, user.access_anon, user.user_agent, user.public_card, user.trusted,
      std::string_view(tags), origin));
  MOLVA_RETURN_UNLESS_OK(PutForeignName(sdk::Text(UserName(user.id)), origin));
  return PutTags(kUserTag, static_cast<std::int64_t>(user.id), user.tags);
}

Outcome Applier::EnsureUser(const molva_user& user) {
  const Outcome outcome = PutUser(user, MOLVA_EXPECT_ABSENT);
  return outcome.code == MOLVA_ALREADY_EXISTS ? Done() : outcome;
}

Outcome Applier::PutLastSeen(const molva_user& user) {
  return connection_.Run("UPDATE user SET last_seen = ?, user_agent = ? WHERE id = ?",
                         OptionalTime(user.last_seen), user.user_agent, user.id);
}

Outcome Applier::EraseUser(const molva_key& key) {
  MOLVA_RETURN_UNLESS_OK(
      connection_.Run("INSERT INTO erased_user (id) VALUES (?) ON CONFLICT DO NOTHING", key.user));
  MOLVA_RETURN_UNLESS_OK(connection_.Run(
      "UPDATE topic_key SET live = live - (SELECT count(*) FROM subscription s"
      " WHERE s.topic = topic_key.id AND s.user = ?1 AND s.deleted IS NULL)"
      " WHERE id IN (SELECT topic FROM subscription WHERE user = ?1 AND deleted IS NULL)",
      key.user));
  MOLVA_RETURN_UNLESS_OK(connection_.Run("DELETE FROM subscription WHERE user = ?", key.user));
  // The index is partial: the condition lets it be used.
  MOLVA_RETURN_UNLESS_OK(
      connection_.Run("DELETE FROM deletion WHERE user = ? AND user <> 0", key.user));
  MOLVA_RETURN_UNLESS_OK(connection_.Run("DELETE FROM reaction WHERE user = ?", key.user));
  MOLVA_RETURN_UNLESS_OK(connection_.Run("DELETE FROM auth WHERE user = ?", key.user));
  MOLVA_RETURN_UNLESS_OK(connection_.Run("DELETE FROM credential WHERE user = ?", key.user));
  MOLVA_RETURN_UNLESS_OK(connection_.Run("DELETE FROM device WHERE user = ?", key.user));
  MOLVA_RETURN_UNLESS_OK(
      connection_.Run("DELETE FROM file_link WHERE topic = 0 AND user = ?", key.user));
  MOLVA_RETURN_UNLESS_OK(PutTags(kUserTag, static_cast<std::int64_t>(key.user), {}));
  MOLVA_RETURN_UNLESS_OK(PutForeignName(sdk::Text(UserName(key.user)), {}));
  return connection_.Run("DELETE FROM user WHERE id = ?", key.user);
}

Outcome Applier::PutAuth(const molva_auth_record& auth, molva_expect expect) {
  MOLVA_RETURN_UNLESS_OK(CheckExpectRow(expect, "auth record",
                                        "SELECT 1 FROM auth WHERE scheme = ? AND unique_name = ?",
                                        auth.scheme, auth.unique));
  if (MOLVA_HAS(&auth, former) && auth.former.size > 0) {
    const Outcome same =
        CheckExpectRow(MOLVA_EXPECT_PRESENT, "auth record with the former secret",
                       "SELECT 1 FROM auth WHERE scheme = ? AND unique_name = ? AND secret = ?",
                       auth.scheme, auth.unique, Blob{auth.former});
    if (same.code == MOLVA_NOT_FOUND) return {MOLVA_ABORTED, same.why};
    MOLVA_RETURN_UNLESS_OK(same);
    return connection_.Run("UPDATE auth SET secret = ? WHERE scheme = ? AND unique_name = ?",
                           Blob{auth.secret}, auth.scheme, auth.unique);
  }
  return connection_.Run(
      "INSERT INTO auth (scheme, unique_name, user, level, secret, expires)"
      " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (scheme, unique_name) DO UPDATE SET"
      " user = excluded.user, level = excluded.level, secret = excluded.secret,"
      " expires = excluded.expires",
      auth.scheme, auth.unique, auth.user, auth.level, Blob{auth.secret},
      OptionalTime(auth.expires));
}

Outcome Applier::EraseAuth(const molva_key& key) {
  return connection_.Run("DELETE FROM auth WHERE scheme = ? AND unique_name = ?", key.scheme,
                         key.key);
}

Outcome Applier::PutCredential(const molva_credential& credential, molva_expect expect) {
  MOLVA_RETURN_UNLESS_OK(CheckExpectRow(
      expect, "credential", "SELECT 1 FROM credential WHERE user = ? AND method = ? AND value = ?",
      credential.user, credential.method, credential.value));
  const std::int64_t done = credential.done != 0 ? 1 : 0;
  if (done != 0) {
    MOLVA_RETURN_UNLESS_OK(CheckExpectRow(
        MOLVA_EXPECT_ABSENT, "credential of another user",
        "SELECT 1 FROM credential WHERE method = ? AND value = ? AND done = 1 AND user <> ?",
        credential.method, credential.value, credential.user));
  }
  return connection_.Run(
      "INSERT INTO credential (user, method, value, done, response, retries, created,"
      " updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user, method, value) DO UPDATE SET"
      " done = excluded.done, response = excluded.response, retries = excluded.retries,"
      " created = excluded.created, updated = excluded.updated",
      credential.user, credential.method, credential.value, done, credential.response,
      credential.retries, credential.created, credential.updated);
}

Outcome Applier::EraseCredential(const molva_key& key) {
  return connection_.Run("DELETE FROM credential WHERE user = ? AND method = ? AND value = ?",
                         key.user, key.scheme, key.key);
}

Outcome Applier::PutValue(const molva_key& key, molva_expect expect) {
  MOLVA_RETURN_UNLESS_OK(
      CheckExpectRow(expect, "value", "SELECT 1 FROM value WHERE key = ?", key.key));
  return connection_.Run(
      "INSERT INTO value (key, value) VALUES (?, ?)"
      " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      key.key, Blob{key.value});
}

Outcome Applier::EraseValue(const molva_key& key) {
  return connection_.Run("DELETE FROM value WHERE key = ?", key.key);
}

}  // namespace molva::sql_common
