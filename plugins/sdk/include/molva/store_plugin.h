/* The C contract of storage plugins: batches of changes in, rows out, nothing blocks the caller.
 *
 * What each record, change and query means is written once, in this header; the conformance suite
 * (tests/contract) holds every storage plugin to it.
 *
 * Threads: submit and query come from several threads at once and must return quickly: they put
 *          work in a queue. Answers may come from any thread, also during the call.
 * Answers: exactly one for every token, in any order. The memory of a batch or query (the structs
 *          and all text they point to) stays valid until its answer begins, so nothing has to be
 *          copied.
 * Order:   batches of one caller are applied in the order of submission; a query sees every
 *          batch that the same caller submitted before it. Nothing is promised between callers,
 *          but a batch that was answered is seen by every query that comes later.
 * Errors:  MOLVA_UNAVAILABLE: not now, nothing of the batch was stored (disk full, I/O error,
 *          queue full). MOLVA_ABORTED, MOLVA_ALREADY_EXISTS, MOLVA_NOT_FOUND: see the changes.
 *          One failing batch never fails another.
 */
#pragma once

#include "molva/plugin.h"
#include "molva/store_records.h"

#ifdef __cplusplus
extern "C" {
#endif

/* C names, and codes of a fixed width.
 * NOLINTBEGIN(readability-identifier-naming,performance-enum-size) */

/* Changes. */

typedef uint32_t molva_change_kind;
enum {
  MOLVA_PUT_USER = 1,         /* body: molva_user. Sets every member, and the tags by which
                               * MOLVA_FIND_BY_TAGS finds the user */
  MOLVA_PUT_LAST_SEEN = 2,    /* body: molva_user. Sets last_seen and user_agent; no such user:
                               * nothing happens */
  MOLVA_PUT_TOPIC = 3,        /* body: molva_topic. Sets all but what is derived */
  MOLVA_ERASE_TOPIC = 4,      /* body: molva_key {topic}. Topic, subscriptions, messages and
                               * deletions are gone */
  MOLVA_HIDE_TOPIC = 5,       /* body: molva_key {topic, when}. The state of the topic becomes
                               * DELETED, and `when` the `deleted` of each live subscription */
  MOLVA_PUT_SUBSCRIPTION = 6, /* body: molva_subscription */
  MOLVA_RAISE_MARKS = 7,      /* body: molva_subscription {topic, user, is_reader, recv, read}.
                               * Raises, never lowers; no such subscription: nothing happens */
  MOLVA_APPEND_MESSAGE = 8,   /* body: molva_message. ABORTED unless the topic exists, seq is its
                               * last + 1 (a new topic: 1) and epoch >= every former one */
  MOLVA_PUT_DELETION = 9,     /* body: molva_deletion. Raises del_id of the topic (user 0) or of
                               * the user's subscriptions to at least its own. User 0: from, head
                               * and content of the messages are wiped for good; their numbers
                               * stay taken, and MOLVA_LIST_MESSAGES leaves them out */
  MOLVA_ERASE_DELETIONS = 10, /* body: molva_key {topic, user} */
  MOLVA_PUT_AUTH = 11,        /* body: molva_auth_record */
  MOLVA_ERASE_AUTH = 12,      /* body: molva_key {scheme, key} */
  MOLVA_ERASE_USER = 13,      /* body: molva_key {user}. The user with tags, subscriptions,
                               * deletions and auth records is gone. From then on messages of
                               * that user come with from = 0 */
  MOLVA_PUT_VALUE = 14,       /* body: molva_key {key, value} */
  MOLVA_ERASE_VALUE = 15,     /* body: molva_key {key} */
  /* Since 1.1. MOLVA_ERASE_TOPIC leaves lanes and entries alone. */
  MOLVA_ENSURE_USER = 16,      /* body: molva_user. Puts it unless there is one of this id */
  MOLVA_APPEND_ENTRY = 17,     /* body: molva_entry. ABORTED unless n is the lane's n + 1; the
                                * lane's n and hash become the entry's, its note stays */
  MOLVA_PUT_LANE = 18,         /* body: molva_lane. ABORTED unless the lane's n is `expected`.
                                * Entries above the new n are gone */
  MOLVA_ERASE_ENTRIES = 19,    /* body: molva_lane {topic, lane, n}. Entries up to n are gone; the
                                * head stays */
  MOLVA_DROP_LANE = 20,        /* body: molva_lane {topic, lane}. With entries and deliveries */
  MOLVA_REQUEST_DELIVERY = 21, /* body: molva_delivery {peer, topic, lane, through}. Raises
                                * `through`; makes the row, with nothing acked, if there is none */
  MOLVA_CONFIRM_DELIVERY = 22, /* body: molva_delivery {peer, topic, lane, acked}. Raises `acked`,
                                * never above `through`; no such row: nothing happens */
  /* Since 1.2. MOLVA_ERASE_USER erases the user's credentials too. */
  MOLVA_PUT_CREDENTIAL = 23,   /* body: molva_credential. ALREADY_EXISTS if it is done and another
                                * user has the same method and value done */
  MOLVA_ERASE_CREDENTIAL = 24, /* body: molva_key {user, scheme (the method), key (the value)} */
  /* Since 1.3. What uses a file no longer does so after MOLVA_ERASE_TOPIC of the topic,
   * MOLVA_PUT_DELETION of the message for everybody, MOLVA_ERASE_USER of the user. */
  MOLVA_PUT_FILE = 25,     /* body: molva_file. Sets every member; what uses the file stays */
  MOLVA_ERASE_FILE = 26,   /* body: molva_file {id}. The record, and every use of it, is gone */
  MOLVA_LINK_FILES = 27,   /* body: molva_file_links. A message uses these files too; a card uses
                            * these alone from now on. Files that are not DONE are left out */
  MOLVA_CONDEMN_FILE = 28, /* body: molva_file {id}. CONDEMNED, unless something uses it; no such
                            * file: nothing happens */
  /* Since 1.3. MOLVA_ERASE_USER erases the user's devices too. */
  MOLVA_PUT_DEVICE = 30,   /* body: molva_device_record. Sets every member; if the device was
                            * another user's, it is his no more */
  MOLVA_ERASE_DEVICE = 31, /* body: molva_device_record {user, id}. One of another user stays */
  /* Since 1.3. What is kept beside messages, of a topic that is there; else nothing happens. All of
   * it goes with MOLVA_ERASE_TOPIC, dues and reactions with MOLVA_PUT_DELETION of the message for
   * everybody, reactions with MOLVA_ERASE_USER. */
  MOLVA_PUT_UID = 35,      /* body: molva_uid */
  MOLVA_ERASE_UIDS = 36,   /* body: molva_uid {topic, seq}. Those of messages up to seq are gone */
  MOLVA_PUT_DUE = 37,      /* body: molva_due */
  MOLVA_PUT_REACTION = 38, /* body: molva_reaction. No such message, or wiped: nothing happens */
  MOLVA_ERASE_REACTION = 39, /* body: molva_reaction {topic, seq, user, sign} */
  /* Since 1.3. Words go with the message as reactions do, and those of a message that takes the
   * place of a deleted one with that. */
  MOLVA_PUT_WORDS = 40, /* body: molva_words. Nothing happens unless MOLVA_LIST_UNINDEXED would
                         * list the message. One that replaces a message of the same author is
                         * found instead of that and of what replaced it before; of another's,
                         * it is found beside it; of one deleted for everybody, not at all */
  MOLVA_END_WORDS = 41, /* body: molva_words {topic, seq}. Messages up to seq are not listed by
                         * MOLVA_LIST_UNINDEXED any more */
};

/* What must hold of the record before a PUT of a user, topic, subscription, auth, value, credential
 * or file, and before an ERASE of a device (of this user). */
typedef uint32_t molva_expect;
enum {
  MOLVA_EXPECT_ANYTHING = 0,
  MOLVA_EXPECT_ABSENT = 1,  /* else the batch fails with MOLVA_ALREADY_EXISTS */
  MOLVA_EXPECT_PRESENT = 2, /* else the batch fails with MOLVA_NOT_FOUND */
};

/* The body of changes that need no record. Unused members are zero. */
typedef struct molva_key {
  uint32_t struct_size;
  uint32_t reserved;
  molva_text topic;
  uint64_t user;
  molva_text scheme;
  molva_text key;
  molva_text value; /* bytes */
  int64_t when;
} molva_key;

typedef struct molva_change {
  uint32_t struct_size;
  molva_change_kind kind;
  molva_expect expect;
  uint32_t reserved;
  const void* body; /* starts with its own struct_size */
} molva_change;

/* One transaction: all of it, in this order, or nothing. An unknown kind of change fails it with
 * MOLVA_UNSUPPORTED. */
typedef struct molva_batch {
  uint32_t struct_size;
  uint32_t caller;
  uint64_t token;
  const molva_change* changes;
  size_t change_count;
} molva_batch;

/* Queries. The rows carry the parts named here, in the order named here. */

typedef uint32_t molva_query_kind;
enum {
  MOLVA_FIND_USER = 1,          /* user -> user, unless absent or DELETED */
  MOLVA_FIND_TOPIC = 2,         /* topic -> topic, in any state */
  MOLVA_LIST_SUBSCRIPTIONS = 3, /* topic -> subscription...; all but readers, `deleted` too */
  MOLVA_FIND_SUBSCRIPTION = 4,  /* topic, user, is_reader -> subscription */
  MOLVA_LIST_MEMBERS = 5,       /* topic -> subscription + user (in any state; NULL if absent)...;
                                 * all but readers, `deleted` too */
  MOLVA_LIST_CONTACTS = 6,      /* user -> subscription + topic + user...; every subscription whose
                                 * topic exists, in any state. The user is the other party of a
                                 * p2p topic in any state; NULL if absent or not p2p */
  MOLVA_LIST_MESSAGES = 7,      /* topic, user, ranges, limit -> message...; newest first, without
                                 * wiped ones and those hidden from `user`. No ranges: all */
  MOLVA_LIST_DELETIONS = 8,     /* topic, user, since, before, limit -> deletion...; those of user 0
                                 * and of `user`, since <= del_id < before (0: no bound), in order
                                 * of del_id */
  MOLVA_FIND_AUTH = 9,          /* scheme, key (the unique name) -> auth */
  MOLVA_FIND_AUTH_OF_USER = 10, /* scheme, user -> auth (the first by unique name) */
  MOLVA_FIND_BY_TAGS = 11,      /* required, optional, user, limit -> user or topic, with texts =
                                 * its tags that the query names...; state OK only, `user` left out.
                                 * Every member of `required` must be met by one of its tags; if
                                 * there is none, one of `optional`. Ranked by the number of these
                                 * tags, one that starts with "alias:" counting 20, then by
                                 * subscriber count */
  MOLVA_FIND_VALUE = 12,        /* key -> texts = {value} */
  /* Since 1.1. Names are in the order of their bytes. */
  MOLVA_LIST_VALUES = 13,        /* key (a prefix), limit -> texts = {key, value}..., by key */
  MOLVA_LIST_LANES = 14,         /* topic -> lane..., by name of the lane */
  MOLVA_LIST_ENTRIES = 15,       /* topic, scheme (the lane), after, limit, max_bytes -> entry +
                                  * message (NULL unless `seq` names one that is there and not
                                  * wiped)...; n > after, in order; at least one, then as many as
                                  * both bounds let in. max_bytes bounds the sum of the bytes of
                                  * entries (not `hash`) and of head and content of messages */
  MOLVA_LIST_DELIVERIES = 16,    /* key (the peer; empty: every peer, by peer first, no paging),
                                  * topic and scheme (behind this topic and lane), limit ->
                                  * delivery...; those with acked < through, by topic and lane */
  MOLVA_LIST_FOREIGN_NAMES = 17, /* key (behind this name; empty: from the first), limit ->
                                  * texts = {name, origin}..., by name; users and topics with an
                                  * origin. The name of a user is "usr" and 11 characters of the
                                  * URL alphabet of base64: the id, lowest byte first */
  /* Since 1.2. */
  MOLVA_LIST_CREDENTIALS = 18, /* user -> credential..., by method and value */
  MOLVA_FIND_CREDENTIAL = 19,  /* scheme (the method), key (the value) -> credential, the one that
                                * is done */
  /* Since 1.3. */
  MOLVA_FIND_FILE = 20,         /* file -> file, in any status */
  MOLVA_LIST_UNUSED_FILES = 21, /* before_time, limit -> file...; created before it, used by
                                 * nothing, in any status; oldest first */
  MOLVA_LIST_DEVICES = 25,      /* user -> device..., by id */
  /* Since 1.3. */
  MOLVA_LIST_UIDS = 30, /* topic, limit -> uid...; highest seq first */
  MOLVA_LIST_DUE = 31,  /* topic (empty: any), before_time, limit -> due...; when < before_time,
                         * by when, then by name of the topic and seq */
  MOLVA_LIST_REACTIONS = 32, /* topic, ranges, limit -> reaction...; lowest seq first, then by
                              * created, user and sign. No ranges: all */
  MOLVA_FIND_WORDS = 33,     /* topic, user, ranges, required, limit -> message...; as
                              * MOLVA_LIST_MESSAGES, but those alone among whose words is every
                              * member of `required`: words in a row, where an empty last one says
                              * that the one before it may go on. Nor are those found whose place
                              * another has taken, or that have taken that of a hidden one */
  MOLVA_LIST_UNINDEXED = 34, /* topic (empty: any; then with a user: those that he has live
                              * subscriptions to), limit, max_bytes -> message...; those appended
                              * and not yet named by MOLVA_END_WORDS, by topic in any order, then
                              * by seq; wiped ones with topic and seq alone. At least one, then as
                              * many as both bounds let in; max_bytes counts head and content */
  MOLVA_LIST_OLD = 35,       /* topic (empty: any without home), before_time, limit -> due...; what
                              * was made before it and is not wiped, `when` = created; by topic in
                              * any order, of each the lowest seq first, up to the first one that
                              * is younger */
  MOLVA_FIND_WORDS_OF_USER =
      36, /* user, required, limit; before_time, topic and before (no topic:
           * from the newest) -> message + subscription (his)...; as
           * MOLVA_FIND_WORDS in the 1,024 topics with the youngest messages of
           * those that `user` may read: with state OK, and a live subscription
           * of which `want` and `given` both have the bits 1 and 2. One of a
           * reader counts in a channel alone, and not if there is one of a
           * member that is live or whose `given` lacks the bit 1. In descending
           * order of created, then of the topic's name by bytes, then of seq;
           * those behind the place of before_time, topic and before alone */
};

typedef struct molva_query {
  uint32_t struct_size;
  uint32_t caller;
  uint64_t token;
  molva_query_kind kind;
  uint32_t is_reader;
  molva_text topic;
  uint64_t user;
  const molva_range* ranges; /* sorted and apart */
  size_t range_count;
  int32_t since;
  int32_t before;
  int32_t limit;
  int32_t reserved;
  molva_text scheme;
  molva_text key;
  const molva_texts* required; /* each a list of alternatives */
  size_t required_count;
  molva_texts optional;
  int64_t after;       /* since 1.1 */
  int64_t max_bytes;   /* since 1.1 */
  uint64_t file;       /* since 1.3 */
  int64_t before_time; /* since 1.3 */
} molva_query;

/* One row. Parts that the kind of query does not name are NULL or empty. */
typedef struct molva_row {
  uint32_t struct_size;
  uint32_t reserved;
  const molva_user* user;
  const molva_topic* topic;
  const molva_subscription* subscription;
  const molva_message* message;
  const molva_deletion* deletion;
  const molva_auth_record* auth;
  molva_texts texts;
  const molva_lane* lane;             /* since 1.1 */
  const molva_entry* entry;           /* since 1.1 */
  const molva_delivery* delivery;     /* since 1.1 */
  const molva_credential* credential; /* since 1.2 */
  const molva_file* file;             /* since 1.3 */
  const molva_uid* uid;               /* since 1.3 */
  const molva_due* due;               /* since 1.3 */
  const molva_reaction* reaction;     /* since 1.3 */
  const molva_device_record* device;  /* since 1.3 */
} molva_row;

/* The answer to one batch. `why` (may be empty) is for the log. */
typedef struct molva_result {
  uint32_t struct_size;
  molva_code code;
  uint64_t token;
  molva_text why;
} molva_result;

/* Where answers go. Lives as long as the plugin is open; any thread may call. An answer with a
 * token that is not waiting is logged and otherwise ignored. */
typedef struct molva_store_client {
  uint32_t struct_size;
  uint32_t reserved;
  void* context;
  /* Answers batches. MOLVA_OK means durable: it survives kill -9 and power loss. One call for
   * all batches of a commit is cheapest. */
  void (*written)(void* context, const molva_result* results, size_t count);
  /* Answers one query; the rows are borrowed for the call. */
  void (*found)(void* context, const molva_result* result, const molva_row* rows, size_t count);
} molva_store_client;

typedef struct molva_store molva_store; /* the plugin's own */

/* Since 1.3. Copies of the whole store as records: bytes that only stores look into, but any of
 * them that makes copies takes what another one has made (docs/backup.md has their form). A place
 * is where a record stands among all; a record is a place too. */
typedef struct molva_store_export molva_store_export;
typedef struct molva_store_import molva_store_import;

/* Since 1.3. A version that the store's own form (its tables) may have; 1 is the first. */
enum {
  MOLVA_VERSION_LONG = 1,  /* to reach it may take long: open does not do it by itself */
  MOLVA_VERSION_FINAL = 2, /* there is no way back to the one before */
};
typedef struct molva_version {
  uint32_t struct_size;
  uint32_t flags;
  int64_t number;
  int64_t applied; /* when the store became it; MOLVA_NO_TIME: it has not, or nobody noted that */
  molva_text what; /* a sentence: what it has brought */
  molva_text lost; /* what the one before cannot hold, as people say it; empty: nothing */
} molva_version;
typedef struct molva_version_sink {
  void* context;
  void (*put)(void* context, const molva_version* version);
} molva_version_sink;

typedef struct molva_store_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* Called once, before anything else. On MOLVA_OK sets *out; on error leaves it alone and puts
   * one sentence into `why`. `config`: this plugin's section as a JSON object. May block. */
  molva_code (*open)(const molva_host* host, const molva_store_client* client, molva_text config,
                     const molva_sink* why, molva_store** out);
  /* Answers everything that is still waiting, then frees. May block. No other call is running or
   * will come. */
  void (*close)(molva_store* self);
  /* The array stays valid until the last of its batches is answered. */
  void (*submit)(molva_store* self, const molva_batch* batches, size_t count);
  void (*query)(molva_store* self, const molva_query* query);

  /* Since 1.3; all of them or none: a store that makes no copies. These may block; one export or
   * import is used by one thread at a time, beside everything else that goes on. */
  /* Begins to read everything as it is now, behind the place `behind`, or from the first record. */
  molva_code (*begin_export)(molva_store* self, molva_text behind, const molva_sink* why,
                             molva_store_export** out);
  /* Puts the next records, each as one text: at least one, and as many as max_bytes let in; none:
   * there are no more. */
  molva_code (*export_records)(molva_store_export* self, size_t max_bytes,
                               const molva_sink* records, const molva_sink* why);
  void (*end_export)(molva_store_export* self);
  /* Begins to fill a store, or goes on if it was begun before; then the place of the last record
   * that is there is put into `place`. ALREADY_EXISTS: the store has something else. Until finish
   * the store has the value "store.import", and nobody may use it otherwise. */
  molva_code (*begin_import)(molva_store* self, const molva_sink* place, const molva_sink* why,
                             molva_store_import** out);
  /* Takes records in the order in which they were put. All or nothing, and MOLVA_OK is durable. */
  molva_code (*import_records)(molva_store_import* self, molva_texts records,
                               const molva_sink* why);
  /* That was all. The store is to be closed then, and opened again. */
  molva_code (*finish_import)(molva_store_import* self, const molva_sink* why);
  void (*end_import)(molva_store_import* self);

  /* Since 1.3; both or none: a store whose form has versions. They may block, and work on a store
   * that is not open in this process. */
  /* Puts all versions that the plugin knows, the oldest first. *current: the one that the store
   * has, 0 if it is empty; changes nothing, and a node may be using the store. */
  molva_code (*versions)(const molva_host* host, molva_text config,
                         const molva_version_sink* versions, int64_t* current,
                         const molva_sink* why);
  /* Makes the store one of version `to`, which is the next one or the one before; whole or not at
   * all. UNAVAILABLE: somebody has the store open. */
  molva_code (*migrate)(const molva_host* host, molva_text config, int64_t to,
                        const molva_sink* why);
} molva_store_api;

/* NOLINTEND(readability-identifier-naming,performance-enum-size) */

#ifdef __cplusplus
}
#endif
