/* The C contract of moderation: a judge of what people want to do, asked before it takes effect.
 * The host says what is wanted, waits for the verdict and carries it out. Since 1.4.
 *
 * Threads:  judge is called on one thread of the host's for this plugin, case after case. It may
 *           block, but the cases behind it wait; better it takes the case to a thread of its own
 *           and returns. decide may be called from any thread, from inside judge too.
 * Answers:  decide is called exactly once per token. One that comes after the deadline of the host
 *           (setting `deadline` of the plugin's section), a second one, and one to a token that
 *           the host never gave, are ignored and counted. After close has begun there may be none.
 * Failure:  a case that is not decided in time, or decided with rubbish, goes as the operator has
 *           chosen (setting `on_failure`): on to the next plugin, or no further.
 */
#pragma once

#include "molva/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* C names, and codes of a fixed width.
 * NOLINTBEGIN(readability-identifier-naming,performance-enum-size) */

typedef uint32_t molva_moderation_what;
enum {
  MOLVA_MODERATION_MESSAGE = 0, /* a message, an edit of one (`replaces` is set) */
  MOLVA_MODERATION_ACCOUNT = 1, /* a new account, or another card or other tags of an old one */
  MOLVA_MODERATION_CONTACT = 2, /* somebody wants to talk to `peer`, or asks him into a group */
};

/* What is to be judged. Valid, with all its texts, until judge returns. Absent texts are empty. */
typedef struct molva_moderation_case {
  uint32_t struct_size;
  molva_moderation_what what;
  int64_t when;
  molva_text topic;   /* as the node names it: "grp…", "p2p…", "slf…"; empty of ACCOUNT */
  molva_text author;  /* who wants it: "usr…"; empty if he has no account yet */
  molva_text origin;  /* the domain of his server; empty: this one */
  molva_text peer;    /* of CONTACT: whom he asks */
  molva_text head;    /* of MESSAGE: a JSON object */
  molva_text content; /* of MESSAGE: JSON; of ACCOUNT: the public card, JSON; empty: unchanged */
  molva_text
      replaces;      /* of MESSAGE: ":" and the number of the message that it takes the place of */
  molva_texts files; /* of MESSAGE: ids of attached files */
  molva_texts tags;  /* of ACCOUNT: all that it is to have; none: unchanged */
  uint32_t is_new;   /* of ACCOUNT: not 0 if it is being made */
  uint32_t reserved; /* zero */
} molva_moderation_case;

typedef uint32_t molva_ruling;
enum {
  MOLVA_RULING_ACCEPT = 0,
  /* It does not happen, and who wanted it is not told so where that is possible. */
  MOLVA_RULING_DROP = 1,
  /* It does not happen; who wanted it reads `reason`. */
  MOLVA_RULING_REFUSE = 2,
  /* As DROP; the administrators find it with `reason` in their topic `sys`. */
  MOLVA_RULING_QUARANTINE = 3,
  /* It happens with another `head` or `content`. Not of CONTACT. */
  MOLVA_RULING_REPLACE = 4,
};

typedef struct molva_verdict {
  uint32_t struct_size;
  molva_ruling ruling;
  molva_text reason;  /* one line of UTF-8, at most 256 bytes; goes to the log, and see REFUSE */
  molva_text head;    /* of REPLACE: a JSON object; empty: as it was */
  molva_text content; /* of REPLACE: JSON; empty: as it was */
} molva_verdict;

/* What the host offers to a moderation plugin. Lives as long as the plugin is open. */
typedef struct molva_moderation_client {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  void* context;
  /* The answer to `token`; the verdict is copied. */
  void (*decide)(void* context, uint64_t token, const molva_verdict* verdict);
} molva_moderation_client;

typedef struct molva_moderation molva_moderation; /* the plugin's own */

/* A bit of molva_moderation_api.wants. */
#define MOLVA_MODERATES(what) (1u << (what))

typedef struct molva_moderation_api {
  uint32_t struct_size;
  uint32_t wants; /* MOLVA_MODERATES of what it is asked about; at least one */
  /* As in molva_auth_api. `client` outlives the plugin. */
  molva_code (*open)(const molva_host* host, const molva_moderation_client* client,
                     molva_text config, const molva_sink* why, molva_moderation** out);
  /* When no judge is running. What is not decided by then never is. */
  void (*close)(molva_moderation* self);
  void (*judge)(molva_moderation* self, uint64_t token, const molva_moderation_case* what);
} molva_moderation_api;

/* NOLINTEND(readability-identifier-naming,performance-enum-size) */

#ifdef __cplusplus
}
#endif
