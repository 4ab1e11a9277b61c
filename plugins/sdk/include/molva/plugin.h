/* The C contract between molvad and a plugin: the entry, and what all kinds of plugin share. The
 * kinds have a header each: store_plugin.h, auth_plugin.h, validator_plugin.h, push_plugin.h,
 * media_plugin.h, moderation_plugin.h, discovery_plugin.h. C++ authors include plugin.hpp.
 *
 * A plugin is a shared library that exports the one function molva_plugin_v1.
 *
 * Growth:  every struct starts with struct_size, the size as its maker compiled it. Members are
 *          only ever appended; a reader looks at a member only if struct_size covers it
 *          (MOLVA_HAS) and otherwise takes it for zero. One steps through an array of structs by
 *          the struct_size of its first element (MOLVA_AT). molva_text, molva_texts, molva_range
 *          and molva_sink never change.
 * Text:    {data, size}, not terminated by a zero, UTF-8 unless said otherwise; borrowed: valid
 *          for the length of the call unless the function says longer. Absent text has size 0.
 * Memory:  nobody frees what the other side made. Results go into a sink, which copies.
 * Errors:  a molva_code. No exception may cross in either direction.
 * Times:   milliseconds since 1970-01-01 UTC; MOLVA_NO_TIME stands for "never".
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* C names, and codes of a fixed width.
 * NOLINTBEGIN(readability-identifier-naming,performance-enum-size) */

#define MOLVA_PLUGIN_MAGIC 0x6d6f6c76u /* "molv" */
#define MOLVA_ABI_MAJOR 1u             /* must be equal */
#define MOLVA_ABI_MINOR 4u             /* raised whenever a member is appended anywhere */
#define MOLVA_NO_TIME INT64_MIN

#if defined(__GNUC__)
#define MOLVA_EXPORT __attribute__((visibility("default")))
#else
#define MOLVA_EXPORT
#endif

/* Whether the struct that `p` points to is long enough to have `member`. */
#define MOLVA_HAS(p, member) \
  ((p)->struct_size >=       \
   (size_t)((const char*)(&(p)->member) - (const char*)(p)) + sizeof((p)->member))
/* Address of element `i` of an array of structs that the other side laid out. */
#define MOLVA_AT(type, first, i) \
  ((const type*)((const char*)(first) + (size_t)(i) * (first)->struct_size))

typedef int32_t molva_code;
enum {
  MOLVA_OK = 0,
  MOLVA_INTERNAL = 1,       /* a bug; the host logs it and answers "internal error" */
  MOLVA_UNAVAILABLE = 2,    /* not now; nothing was changed */
  MOLVA_ABORTED = 3,        /* the caller lost its place (an append out of sequence) */
  MOLVA_ALREADY_EXISTS = 4, /* the key or unique name is taken */
  MOLVA_NOT_FOUND = 5,
  MOLVA_MALFORMED = 6,   /* the input has the wrong shape */
  MOLVA_POLICY = 7,      /* well-formed, but not allowed: too short, forbidden characters */
  MOLVA_DENIED = 8,      /* the answer is no: wrong secret, expired */
  MOLVA_UNSUPPORTED = 9, /* this plugin never does that */
};

typedef struct molva_text {
  const char* data;
  size_t size;
} molva_text;

typedef struct molva_texts {
  const molva_text* items;
  size_t count;
} molva_texts;

/* Message numbers low <= n < hi. */
typedef struct molva_range {
  int32_t low;
  int32_t hi;
} molva_range;

/* Takes any number of results; `put` copies `text` before it returns. Valid during the call. */
typedef struct molva_sink {
  void* context;
  void (*put)(void* context, molva_text text);
} molva_sink;

typedef uint32_t molva_log_level;
enum { MOLVA_LOG_DEBUG = 0, MOLVA_LOG_INFO = 1, MOLVA_LOG_WARNING = 2, MOLVA_LOG_ERROR = 3 };

/* What the host offers every plugin. Lives as long as the plugin is open; any thread may call. */
typedef struct molva_host {
  uint32_t struct_size;
  uint32_t abi_minor; /* of the host */
  void* context;      /* handed back in every call */
  /* One line of log. Never a secret. */
  void (*log)(void* context, molva_log_level level, molva_text sentence);
} molva_host;

typedef uint32_t molva_kind;
enum {
  MOLVA_KIND_STORE = 1, /* api is a molva_store_api */
  MOLVA_KIND_AUTH = 2,  /* api is a molva_auth_api */
  /* Since 1.3. */
  MOLVA_KIND_VALIDATOR = 3, /* api is a molva_validator_api */
  MOLVA_KIND_PUSH = 4,      /* api is a molva_push_api */
  MOLVA_KIND_MEDIA = 5,     /* api is a molva_media_api */
  /* Since 1.4. */
  MOLVA_KIND_MODERATION = 6, /* api is a molva_moderation_api */
  MOLVA_KIND_DISCOVERY = 7,  /* api is a molva_discovery_api */
};

/* What a section of the configuration, [plugin.<kind>_<name>], may hold. Since 1.3. */
typedef uint32_t molva_setting_type;
enum {
  MOLVA_SETTING_TEXT = 1,
  MOLVA_SETTING_NUMBER = 2, /* whole */
  MOLVA_SETTING_BOOL = 3,
  MOLVA_SETTING_DURATION = 4, /* "10s" in the file; `config` has it as milliseconds */
  MOLVA_SETTING_BYTES = 5,    /* "4 MiB" in the file, or a number; `config` has the number */
  MOLVA_SETTING_SECRET = 6,   /* a text that is never shown */
  MOLVA_SETTING_LIST = 7,     /* of texts */
  MOLVA_SETTING_TABLE = 8,    /* a JSON object, which the host does not look into */
};

/* One setting. Texts are zero-terminated and without control characters. */
typedef struct molva_setting {
  uint32_t struct_size;
  molva_setting_type type;
  const char* name;     /* a-z, 0-9 and _; at most 64 */
  const char* standard; /* the default as people write it; NULL: it must be set */
  const char* meaning;  /* a sentence */
  /* Inclusive; of the number itself, milliseconds, bytes, elements of a list. Both zero: any. */
  int64_t lowest;
  int64_t highest;
} molva_setting;

/* What molva_plugin_v1 returns: static storage, never changed. The members up to abi_minor keep
 * their place for ever, in every major version; the host reads them before anything else. */
typedef struct molva_plugin {
  uint32_t magic; /* MOLVA_PLUGIN_MAGIC */
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;
  molva_kind kind;
  const char* name;    /* zero-terminated; file name is <kind>_<name>.so */
  const char* version; /* zero-terminated, of the plugin, for people */
  const void* api;     /* the function table of the kind; starts with its own struct_size */
  /* Since 1.3; may be missing. The host lets no other key into `config`, and no other type. NULL:
   * the plugin says nothing, and gets its section as it is; a plugin without settings has a pointer
   * that is not NULL and a count of zero. At most 256, each name once. */
  const molva_setting* settings;
  size_t setting_count;
  const char* licence; /* since 1.3; zero-terminated, as SPDX writes it; NULL: not said */
} molva_plugin;

/* The one exported symbol. Does nothing but return the table. */
#define MOLVA_PLUGIN_ENTRY "molva_plugin_v1"
MOLVA_EXPORT const molva_plugin* molva_plugin_v1(void);

/* NOLINTEND(readability-identifier-naming,performance-enum-size) */

#ifdef __cplusplus
}
#endif
