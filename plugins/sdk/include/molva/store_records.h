/* The records of the C contract of storage plugins; store_plugin.h says what is done with them.
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
  /* Since 1.3. Of a PUT with MOLVA_EXPECT_PRESENT: the secret that the record must have, else the
   * batch fails with MOLVA_ABORTED; then the secret alone is replaced. Empty: any. Bytes. */
  molva_text former;
} molva_auth_record;

/* Since 1.2. A way to reach a user, as "email" and an address. Key: user, method, value. */
typedef struct molva_credential {
  uint32_t struct_size;
  uint32_t done; /* not 0: the user has shown that it is his */
  uint64_t user;
  molva_text method;
  molva_text value;
  molva_text response;
  int32_t retries;
  uint32_t reserved;
  int64_t created;
  int64_t updated;
} molva_credential;

/* Since 1.3. A device of a user, to which pushes go. Key: id. */
typedef struct molva_device_record {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  uint64_t user;
  molva_text id; /* as the client named it */
  molva_text platform;
  molva_text language;
  int64_t last_seen;
} molva_device_record;

/* Since 1.3. An uploaded file: what is known of its bytes, which are kept elsewhere. Key: id. */
enum { MOLVA_FILE_STARTED = 0, MOLVA_FILE_DONE = 1, MOLVA_FILE_CONDEMNED = 3 };

typedef struct molva_file {
  uint32_t struct_size;
  uint32_t status;
  uint64_t id;   /* never 0 */
  uint64_t user; /* who uploaded it; 0: nobody yet */
  molva_text mime;
  molva_text location; /* of the bytes */
  molva_text etag;
  int64_t size;
  int64_t created;
} molva_file;

/* Since 1.3. What uses files: message `seq` of `topic`; with seq 0 the card of `topic`, or, without
 * a topic, that of `user`. */
typedef struct molva_file_links {
  uint32_t struct_size;
  int32_t seq;
  molva_text topic;
  uint64_t user;
  const uint64_t* files;
  size_t file_count;
} molva_file_links;

/* Since 1.3. The name that a client gave to a publication, so that it may be tried again. Key:
 * topic, seq. */
typedef struct molva_uid {
  uint32_t struct_size;
  int32_t seq; /* of the message that it became */
  molva_text topic;
  uint64_t user;
  molva_text uid;
} molva_uid;

/* Since 1.3. When a message is to be deleted for everybody. Key: topic, seq. */
typedef struct molva_due {
  uint32_t struct_size;
  int32_t seq;
  molva_text topic;
  int64_t when;
} molva_due;

/* Since 1.3. What a user says to a message in one sign. Key: topic, seq, user, sign. */
typedef struct molva_reaction {
  uint32_t struct_size;
  int32_t seq;
  molva_text topic;
  uint64_t user;
  molva_text sign;
  int64_t created;
} molva_reaction;

/* Since 1.3. By which words a message is found. Key: topic, seq. */
typedef struct molva_words {
  uint32_t struct_size;
  int32_t seq;
  molva_text topic;
  molva_text words; /* with single spaces between them; may be empty: not found */
  int32_t replaces; /* of the message whose place it takes, or 0 */
  uint32_t reserved;
} molva_words;

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

/* NOLINTEND(readability-identifier-naming,performance-enum-size) */

#ifdef __cplusplus
}
#endif
