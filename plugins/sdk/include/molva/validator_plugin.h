/* The C contract of validators: the form of one kind of contact (the plugin's name is its method:
 * "email", "tel"), and how to write to one. Codes, tries and records are the business of the host.
 * Since 1.3.
 *
 * Threads: all functions may be called from several threads at once. send may block: the host
 *          calls it on a pool. normalise takes microseconds.
 * Codes:   MALFORMED, POLICY: never. UNAVAILABLE: try again later. `why` is for the log: neither
 *          codes and tokens nor the contact.
 */
#pragma once

#include "molva/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* C names, and codes of a fixed width.
 * NOLINTBEGIN(readability-identifier-naming,performance-enum-size) */

typedef uint32_t molva_letter_reason;
enum {
  MOLVA_LETTER_CONFIRM = 0, /* show that the contact is yours */
  MOLVA_LETTER_RESET = 1,   /* choose a new secret */
};

typedef struct molva_letter {
  uint32_t struct_size;
  molva_letter_reason reason;
  molva_text to;       /* as normalise put it */
  molva_text code;     /* what the user answers */
  molva_text language; /* as the client says, "en-GB"; may be empty */
  molva_text token;    /* of CONFIRM: base64, for links */
  molva_text scheme;   /* of RESET: whose secret is chosen anew */
  molva_text login;    /* of RESET: the name of the account in that scheme */
} molva_letter;

typedef struct molva_validator molva_validator; /* the plugin's own */

typedef struct molva_validator_api {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  /* As in molva_auth_api. */
  molva_code (*open)(const molva_host* host, molva_text config, const molva_sink* why,
                     molva_validator** out);
  void (*close)(molva_validator* self);
  /* Puts the one way in which this contact is written, at most 256 bytes. `params`: a JSON object
   * that the client sent along, or empty. MALFORMED: no such contact. POLICY: not allowed here. */
  molva_code (*normalise)(molva_validator* self, molva_text value, molva_text params,
                          const molva_sink* normal, const molva_sink* why);
  /* MOLVA_OK: whoever carries it further has taken it. POLICY: refused for good. */
  molva_code (*send)(molva_validator* self, const molva_letter* letter, const molva_sink* why);
} molva_validator_api;

/* NOLINTEND(readability-identifier-naming,performance-enum-size) */

#ifdef __cplusplus
}
#endif
