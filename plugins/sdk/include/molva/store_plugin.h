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

#ifdef __cplusplus
extern "C" {
#endif

/* C names, and codes of a fixed width.
 * NOLINTBEGIN(readability-identifier-naming,performance-enum-size) */

/* Records. JSON members hold one JSON value, already checked, or nothing. */

enum { MOLVA_STATE_OK = 0, MOLVA_STATE_SUSPENDED = 10, MOLVA_STATE_DELETED = 20 };

typedef struct molva_user {
  uint32_t struct_size;
  uint32_t state;
  uint64_t id; /* never 0 */
  int64_t created;
  int64_t updated;
  int64_t last_seen; /* or MOLVA_NO_TIME */
  uint32_t access_auth;
  uint32_t access_anon;
  molva_text user_agent;
  molva_text public_card; /* JSON */
  molva_text trusted;     /* JSON */
  molva_texts tags;
  molva_text origin; /* since 1.1: global name of a user of another server, or nothing */
} molva_user;

typedef struct molva_topic {
  uint32_t struct_size;
  uint32_t state;
  molva_text name;
  int64_t created;
  int64_t updated;
  int64_t touched; /* derived: time of the last message, or `updated` if there is none */
  uint64_t owner;  /* 0: nobody */
  uint32_t access_auth;
  uint32_t access_anon;
  uint32_t is_channel;
  int32_t seq; /* derived: number of the last message */
  int32_t del_id;
  int32_t subscriber_count; /* derived: subscriptions (readers too) without `deleted` */
  molva_text public_card;   /* JSON */
  molva_text trusted;       /* JSON */
  molva_text aux;           /* JSON object */
  molva_texts tags;
  uint64_t parties[2]; /* the two users of a p2p topic, else 0 */
  molva_text home;     /* since 1.1: domain of the server that orders it; nothing: this one */
  molva_text origin;   /* since 1.1: global name of a group of another server, or nothing */
} molva_topic;

/* Key: topic, user, is_reader. The topic need not exist. */
typedef struct molva_subscription {
  uint32_t struct_size;
  uint32_t is_reader;
  molva_text topic;
  uint64_t user;
  int64_t created;
  int64_t updated;
  int64_t deleted; /* or MOLVA_NO_TIME */
  int32_t del_id;
  int32_t recv;
  int32_t read;
  uint32_t want;
  uint32_t given;
  molva_text private_note; /* JSON */
} molva_subscription;

/* Key: topic, seq. */
typedef struct molva_message {
  uint32_t struct_size;
  int32_t seq;
  molva_text topic;
  int64_t created;
  uint64_t from;      /* 0: nobody */
  molva_text head;    /* JSON object */
  molva_text content; /* JSON */
  int64_t epoch;      /* of the append; 0 in rows */
} molva_message;

/* Key: topic, user, del_id. `user` 0: hidden from everybody. Ranges are sorted and apart. */
typedef struct molva_deletion {
  uint32_t struct_size;
  int32_t del_id;
  molva_text topic;
  uint64_t user;
  const molva_range* ranges;
  size_t range_count;
} molva_deletion;

/* Key: scheme, unique. */
typedef struct molva_auth_record {
  uint32_t struct_size;
  uint32_t level;
  molva_text scheme;
  molva_text unique;
  uint64_t user;
  molva_text secret; /* bytes, at most 64 KiB */
  int64_t expires;   /* or MOLVA_NO_TIME */
} molva_auth_record;

/* Since 1.1. How far a log ("lane") of a topic has come. Key: topic, lane. The topic need not
 * exist; lanes outlive it. */
typedef struct molva_lane {
  uint32_t struct_size;
  uint32_t reserved;
  molva_text topic;
  molva_text lane; /* may be empty */
  int64_t n;
  int64_t expected; /* of a change: the n that must be there (absent: 0); 0 in rows */
  molva_text hash;  /* bytes */
  molva_text note;  /* bytes */
} molva_lane;

/* Since 1.1. One entry of a lane. Key: topic, lane, n. */
typedef struct molva_entry {
  uint32_t struct_size;
  int32_t seq; /* of the message that it states, or 0 */
  molva_text topic;
  molva_text lane;
  int64_t n;
  molva_text body; /* this and the following are bytes */
  molva_text proof;
  molva_text cause;
  molva_text cause_proof;
  molva_text payload;
  molva_text hash; /* of a change: what the lane's head gets */
} molva_entry;

/* Since 1.1. What a peer has yet to get of a lane, and has got. Key: peer, topic, lane. */
typedef struct molva_delivery {
  uint32_t struct_size;
  uint32_t reserved;
  molva_text peer;
  molva_text topic;
  molva_text lane;
  int64_t through;
  int64_t acked;
} molva_delivery;

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
};

/* What must hold of the record before a PUT of a user, topic, subscription, auth or value. */
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
  int64_t after;     /* since 1.1 */
  int64_t max_bytes; /* since 1.1 */
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
  const molva_lane* lane;         /* since 1.1 */
  const molva_entry* entry;       /* since 1.1 */
  const molva_delivery* delivery; /* since 1.1 */
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
} molva_store_api;

/* NOLINTEND(readability-identifier-naming,performance-enum-size) */

#ifdef __cplusplus
}
#endif
