/* The C contract of authentication schemes. A scheme is a pure judge of secrets: the host finds and
 * keeps the records, the scheme reads the secret, makes what is kept, and compares.
 *
 * Threads: all functions may be called from several threads at once. verify and make may block
 *          or burn CPU: the host calls them from a pool, unless the scheme says MOLVA_AUTH_QUICK.
 *          The others must take microseconds.
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
  MOLVA_AUTH_QUICK = 32u,  /* verify and make take microseconds and never block */
  MOLVA_AUTH_TAGS = 64u,   /* tags in the namespace of the scheme's name belong to it alone */
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
   * without MOLVA_AUTH_ISSUES. */
  molva_code (*issue)(molva_auth* self, const molva_identity* identity, int64_t now,
                      const molva_sink* secret, int64_t* expires);
} molva_auth_api;

/* NOLINTEND(readability-identifier-naming,performance-enum-size) */

#ifdef __cplusplus
}
#endif
