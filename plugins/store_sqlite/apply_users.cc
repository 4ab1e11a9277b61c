// The changes to users, auth records and values.
#include "applier.h"
#include "tag_list.h"
#include "user_name.h"

namespace molva::store_sqlite {

Outcome Applier::PutTags(int kind, std::int64_t subject, molva_texts tags) {
  MOLVA_RETURN_UNLESS_OK(
      connection_.Run("DELETE FROM tag WHERE kind = ? AND subject = ?", kind, subject));
  for (std::size_t i = 0; i < tags.count; ++i) {
    if (tags.items[i].size == 0) continue;
    MOLVA_RETURN_UNLESS_OK(
        connection_.Run("INSERT OR IGNORE INTO tag (tag, kind, subject) VALUES (?, ?, ?)",
                        tags.items[i], kind, subject));
  }
  return Done();
}

Outcome Applier::PutForeignName(molva_text name, molva_text origin) {
  if (origin.size == 0) {
    return connection_.Run("DELETE FROM foreign_name WHERE name = ?", Blob{name});
  }
  return connection_.Run("INSERT OR REPLACE INTO foreign_name (name, origin) VALUES (?, ?)",
                         Blob{name}, Blob{origin});
}

Outcome Applier::PutUser(const molva_user& user, molva_expect expect) {
  MOLVA_RETURN_UNLESS_OK(
      CheckExpectRow(expect, "user", "SELECT 1 FROM user WHERE id = ?", user.id));
  const std::string tags = PackTags(user.tags);
  const molva_text origin = MOLVA_HAS(&user, origin) ? user.origin : molva_text{};
  MOLVA_RETURN_UNLESS_OK(connection_.Run(
      "INSERT OR REPLACE INTO user (id, state, created, updated, last_seen, access_auth,"
      " access_anon, user_agent, public_card, trusted, tags, origin)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
      connection_.Run("INSERT OR IGNORE INTO erased_user (id) VALUES (?)", key.user));
  MOLVA_RETURN_UNLESS_OK(connection_.Run("DELETE FROM subscription WHERE user = ?", key.user));
  // The index is partial: the condition lets it be used.
  MOLVA_RETURN_UNLESS_OK(
      connection_.Run("DELETE FROM deletion WHERE user = ? AND user <> 0", key.user));
  MOLVA_RETURN_UNLESS_OK(connection_.Run("DELETE FROM auth WHERE user = ?", key.user));
  MOLVA_RETURN_UNLESS_OK(PutTags(kUserTag, static_cast<std::int64_t>(key.user), {}));
  MOLVA_RETURN_UNLESS_OK(PutForeignName(sdk::Text(UserName(key.user)), {}));
  return connection_.Run("DELETE FROM user WHERE id = ?", key.user);
}

Outcome Applier::PutAuth(const molva_auth_record& auth, molva_expect expect) {
  MOLVA_RETURN_UNLESS_OK(CheckExpectRow(expect, "auth record",
                                        "SELECT 1 FROM auth WHERE scheme = ? AND unique_name = ?",
                                        auth.scheme, auth.unique));
  return connection_.Run(
      "INSERT OR REPLACE INTO auth (scheme, unique_name, user, level, secret, expires)"
      " VALUES (?, ?, ?, ?, ?, ?)",
      auth.scheme, auth.unique, auth.user, auth.level, Blob{auth.secret},
      OptionalTime(auth.expires));
}

Outcome Applier::EraseAuth(const molva_key& key) {
  return connection_.Run("DELETE FROM auth WHERE scheme = ? AND unique_name = ?", key.scheme,
                         key.key);
}

Outcome Applier::PutValue(const molva_key& key, molva_expect expect) {
  MOLVA_RETURN_UNLESS_OK(
      CheckExpectRow(expect, "value", "SELECT 1 FROM value WHERE key = ?", key.key));
  return connection_.Run("INSERT OR REPLACE INTO value (key, value) VALUES (?, ?)", key.key,
                         Blob{key.value});
}

Outcome Applier::EraseValue(const molva_key& key) {
  return connection_.Run("DELETE FROM value WHERE key = ?", key.key);
}

}  // namespace molva::store_sqlite
