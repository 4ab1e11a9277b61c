/* The C contract of authentication schemes. A scheme is a pure judge of secrets: the host finds and
 * keeps the records, the scheme reads the secret, makes what is kept, and compares.
 *
 * Threads: all functions may be called from several threads at once, which the host keeps for this
 *          plugin. verify and make may block or burn CPU; the others should take microseconds. The
 *          host waits for a call no longer than the deadline that it has set.
 * Secrets: `secret` is what the client sent: any bytes, up to what a packet may hold. It must
 *          never reach the log.
 */
#pragma once

#include "molva/store_plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* C names, and codes of a fixed width.
 * NOLINTBEGIN(readability-identifier-naming,performance-enum-size) */

typedef uint32_t molva_auth_traits;
enum {
  MOLVA_AUTH_LOGS_IN = 1u, /* a secret of this scheme logs in */
  MOLVA_AUTH_CREATES = 2u, /* ... starts an account */
  MOLVA_AUTH_CHANGES = 4u, /* ... may be replaced; without RECORDS that is accepted and ignored */
  MOLVA_AUTH_RECORDS = 8u, /* the store keeps a record per user */
  MOLVA_AUTH_ISSUES = 16u, /* issue() makes secrets for users who are already known */
  MOLVA_AUTH_QUICK = 32u,  /* every call takes microseconds and never blocks: many may wait */
  /* Since 1.3: what may block waits for somebody else, so the host keeps it away from work that
   * burns CPU. */
  MOLVA_AUTH_WAITS = 128u,
  /* Since 1.3. A second factor: asked for when another scheme has proved who somebody is who has a
   * record of this one. issue() makes the challenge, verify() judges the answer to it, replace()
   * begins, changes and ends it. The unique name of its records is the user id in 16 lower-case
   * hex digits. */
  MOLVA_AUTH_SECOND = 256u,
  /* Since 1.3. With RECORDS and CHANGES: what is kept of somebody is made by replace(), as of a
   * SECOND factor and under the same name, though the scheme logs in by itself. What replace() puts
   * into `told` without keeping anything is a challenge then: the host writes nothing, and the
   * client answers it by another replace(). Without either, the record ends. */
  MOLVA_AUTH_REPLACES = 512u,
  MOLVA_AUTH_TAGS = 64u, /* tags in the namespace of the scheme's name belong to it alone */
};

typedef uint32_t molva_auth_purpose;
enum { MOLVA_AUTH_LOGIN = 0, MOLVA_AUTH_CREATE = 1, MOLVA_AUTH_CHANGE = 2 };

enum {
  MOLVA_AUTH_LEVEL_NONE = 0,
  MOLVA_AUTH_LEVEL_ANON = 10,
  MOLVA_AUTH_LEVEL_AUTH = 20,
  MOLVA_AUTH_LEVEL_ROOT = 30,
};

/* What a secret proves, or what a new one shall prove. */
typedef struct molva_identity {
  uint32_t struct_size;
  uint32_t level;
  uint64_t user;
  uint32_t may_log_in; /* 0: proves who it is, but does not open a session */
  uint32_t validated;  /* not 0: credentials need not be asked for again */
  /* Since 1.3. From verify: until when the secret is good, MOLVA_NO_TIME for ever. To issue: the
   * new secret must not be good for longer; MOLVA_NO_TIME for as long as is usual. */
  int64_t expires;
  /* Since 1.3. The login that the secret stands for; 0 for none. What issue() gets, verify of the
   * new secret must return: a login may be ended, and its secrets are refused by the host then. */
  uint64_t login;
  /* Since 1.3. To verify; may be NULL. A scheme that knows somebody without an account here leaves
   * `user` 0 and puts: default access of users and of strangers (modes), public, trusted and
   * private (JSON), any of them empty; then tags. The host makes the account, then calls adopt;
   * with RECORDS it then puts a record of no secret under the unique name. */
  const molva_sink* account;
  /* Since 1.3. To verify; may be NULL. A scheme that cannot tell yet puts bytes here and returns
   * MOLVA_OK: the client is asked to log in once more with an answer to them, and the rest of the
   * identity is not looked at. */
  const molva_sink* challenge;
  /* Since 1.3. To verify; NULL if there is no record. Puts what the record shall be from now on,
   * because `secret` has used something up. The host stores that before it lets anybody in, and
   * lets nobody in if the record has changed meanwhile. */
  const molva_sink* kept;
} molva_identity;

typedef struct molva_auth molva_auth; /* the plugin's own */

typedef struct molva_auth_api {
  uint32_t struct_size;
  molva_auth_traits traits;
  /* As in molva_store_api. Keys and other settings are in `config`. */
  molva_code (*open)(const molva_host* host, molva_text config, const molva_sink* why,
                     molva_auth** out);
  void (*close)(molva_auth* self);
  /* Puts the unique name (a login) that `secret` is about: the key of its record. For CHANGE an
   * empty name means that the user keeps the former one.
   * MALFORMED, POLICY: why says what is wrong, without the secret. UNSUPPORTED: not for this
   * purpose. For LOGIN every name that no record can have is DENIED, not POLICY. */
  molva_code (*parse)(molva_auth* self, molva_auth_purpose purpose, molva_text secret,
                      const molva_sink* unique, const molva_sink* why);
  /* Makes what the store shall keep of `secret` and puts it into `kept`; sets *level. `purpose`
   * is CREATE or CHANGE; parse has accepted the secret. Errors as for parse. */
  molva_code (*make)(molva_auth* self, molva_auth_purpose purpose, molva_text secret,
                     const molva_sink* kept, uint32_t* level, const molva_sink* why);
  /* Is `secret` right? `record` is the record under its unique name, NULL if there is none or the
   * scheme keeps none; then the work and the time must be the same as for a wrong secret.
   * `now` is the time. On MOLVA_OK sets *identity. DENIED is an answer. */
  molva_code (*verify)(molva_auth* self, molva_text secret, const molva_auth_record* record,
                       int64_t now, molva_identity* identity, const molva_sink* why);
  /* Puts the tags that the owner of `unique` is found by; none if the scheme adds no tags. */
  molva_code (*tags)(molva_auth* self, molva_text unique, const molva_sink* tag);
  /* Puts a secret by which verify will know `identity`, and sets *expires. NULL or UNSUPPORTED
   * without MOLVA_AUTH_ISSUES. Of a SECOND factor: the challenge for `identity`, whom another
   * scheme has proved; with may_log_in 0 he has no record yet, and the challenge shall be good for
   * nothing but to begin. */
  molva_code (*issue)(molva_auth* self, const molva_identity* identity, int64_t now,
                      const molva_sink* secret, int64_t* expires);
  /* Since 1.2; may be NULL or missing. Not 0: what `record` keeps should be made anew, because it
   * costs too little by now. The host does that with make (CHANGE) when its owner logs in. Takes
   * microseconds. */
  uint32_t (*is_stale)(molva_auth* self, const molva_auth_record* record);
  /* Since 1.3; may be NULL or missing. From now on `secret` is that of `user`, whose account was
   * made as verify said. Any error: the account is erased again. May block. */
  molva_code (*adopt)(molva_auth* self, molva_text secret, uint64_t user, const molva_sink* why);
  /* Since 1.3; may be NULL or missing. Of schemes that CHANGE and keep no RECORDS here: `secret` is
   * the new one of `user`. May block. */
  molva_code (*change)(molva_auth* self, uint64_t user, molva_text secret, const molva_sink* why);
  /* Since 1.3; may be NULL or missing. Of schemes that CREATE and keep no RECORDS here: `secret`,
   * which make has accepted, is that of `user`, whose account is made next; if it is not, let_go
   * follows. Puts the tags that he is found by. Any error: there will be no account. May block. */
  molva_code (*enrol)(molva_auth* self, molva_text secret, uint64_t user, const molva_sink* tag,
                      const molva_sink* why);
  /* Since 1.3; may be NULL or missing. The account of `user` ends. NOT_FOUND: the scheme has never
   * heard of him. Any other error: the account stays; UNSUPPORTED: it shall. May block. */
  molva_code (*let_go)(molva_auth* self, uint64_t user, const molva_sink* why);
  /* Since 1.3; may be NULL or missing. Puts the namespaces of tags that belong to the scheme alone,
   * beside that of MOLVA_AUTH_TAGS. */
  molva_code (*namespaces)(molva_auth* self, const molva_sink* name);
  /* Since 1.3. Of a SECOND factor and of what REPLACES, else NULL or missing. `secret` is what
   * `user` sends to begin, change or end it; `record` is his, or NULL. Puts into `kept` what the
   * store shall keep; nothing ends it. Puts into `told` what he alone is told, once.
   * ALREADY_EXISTS, NOT_FOUND: it has begun, has not. Called as verify is. */
  molva_code (*replace)(molva_auth* self, uint64_t user, molva_text secret,
                        const molva_auth_record* record, int64_t now, const molva_sink* kept,
                        const molva_sink* told, const molva_sink* why);
} molva_auth_api;

/* NOLINTEND(readability-identifier-naming,performance-enum-size) */

#ifdef __cplusplus
}
#endif
