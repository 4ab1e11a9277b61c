/* The C contract of push: telling people who are not here. The host decides whom an event concerns
 * and knows the devices; the plugin knows one way to reach some of them. Since 1.3.
 *
 * Threads: push is called from one thread of the host, one receipt after the other, and may block.
 *          stop comes from another. `gone` may be called from any thread until close returns.
 * Loss:    nothing is pushed twice, and nothing is kept: what cannot be delivered is lost.
 */
#pragma once

#include "molva/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* C names, and codes of a fixed width.
 * NOLINTBEGIN(readability-identifier-naming,performance-enum-size) */

typedef uint32_t molva_push_what;
enum { MOLVA_PUSH_MESSAGE = 0, MOLVA_PUSH_SUBSCRIPTION = 1, MOLVA_PUSH_READ = 2 };

/* One device of a user, as the client named it. */
typedef struct molva_device {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  molva_text id; /* what a push service knows it by; one that is not for this plugin is skipped */
  molva_text platform;
  molva_text language;
  int64_t last_seen;
} molva_device;

typedef struct molva_recipient {
  uint32_t struct_size;
  uint32_t is_silent; /* not 0: he has it already, or need not be woken */
  uint64_t user;
  molva_text user_name; /* as clients write it */
  molva_text topic;     /* as this user names it */
  int32_t unread;
  uint32_t reserved; /* zero */
  const molva_device* devices;
  size_t device_count; /* at least one */
} molva_recipient;

/* One event for all it concerns. */
typedef struct molva_receipt {
  uint32_t struct_size;
  molva_push_what what;
  molva_text from; /* user as clients write it; empty: not told */
  int64_t when;
  int32_t seq;
  uint32_t is_audio_only; /* of a call */
  molva_text mime;        /* of MESSAGE: head.mime */
  molva_text content;     /* of MESSAGE: JSON; may be empty */
  molva_text webrtc;      /* of a call: head.webrtc */
  molva_text replaces;    /* of an edit: head.replace */
  molva_text want;        /* of SUBSCRIPTION: modes as clients write them */
  molva_text given;
  const molva_recipient* recipients;
  size_t recipient_count;
  molva_text channel; /* chn name: also to whoever follows this push topic; may be empty */
} molva_receipt;

/* What the host offers to a push plugin. Lives as long as the plugin is open. */
typedef struct molva_push_client {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  void* context;
  /* The push service says that it does not know `device` any more: the host forgets it. */
  void (*gone)(void* context, uint64_t user, molva_text device);
} molva_push_client;

/* What came of one receipt, counted in devices. */
typedef struct molva_push_tally {
  uint32_t struct_size;
  uint32_t sent;   /* the push service has taken it */
  uint32_t failed; /* lost */
  uint32_t gone;
} molva_push_tally;

typedef struct molva_push molva_push; /* the plugin's own */

typedef struct molva_push_api {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  /* As in molva_auth_api. `client` outlives the plugin. */
  molva_code (*open)(const molva_host* host, const molva_push_client* client, molva_text config,
                     const molva_sink* why, molva_push** out);
  /* After stop, when no push is running. */
  void (*close)(molva_push* self);
  /* Fills *tally, which the host has zeroed. */
  void (*push)(molva_push* self, const molva_receipt* receipt, molva_push_tally* tally);
  /* The push that is running, if any, ends soon; later ones do nothing. */
  void (*stop)(molva_push* self);
  /* Gives the public key that browsers subscribe with, in base64url, to `out`; nothing if there is
   * none. Called once, after open: clients are told when they connect. */
  void (*web_key)(molva_push* self, const molva_sink* out);
} molva_push_api;

/* NOLINTEND(readability-identifier-naming,performance-enum-size) */

#ifdef __cplusplus
}
#endif
