/* The C contract of discovery: a place to ask for the key documents of other servers, and to tell
 * one's own. The plugin carries documents and vouches for nothing: the host checks the signatures,
 * the domain and that nothing contradicts what it knows. Since 1.4.
 *
 * Threads:  find and announce are called on one thread of the host's for this plugin, one after the
 *           other. They may block, but what is behind waits; better the plugin takes the question
 *           to a thread of its own and returns. answer may be called from any thread, from inside
 *           find and announce too.
 * Answers:  answer is called exactly once per token. One that comes after the deadline of the host
 *           (setting `deadline` of the plugin's section), a second one, and one to a token that the
 *           host never gave, are ignored and counted. After close has begun there may be none.
 */
#pragma once

#include "molva/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* C names, and codes of a fixed width.
 * NOLINTBEGIN(readability-identifier-naming,performance-enum-size) */

#define MOLVA_MAX_KEY_DOCUMENT 65536u /* bytes */

/* What the host offers to a discovery plugin. Lives as long as the plugin is open. */
typedef struct molva_discovery_client {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  void* context;
  /* To find: OK with the document, byte for byte as the server has signed it; NOT_FOUND: it is not
   * known here; UNAVAILABLE: nobody can be asked now. To announce: OK or why not, without a
   * document. `why` is for the log. Both texts are copied. */
  void (*answer)(void* context, uint64_t token, molva_code code, molva_text document,
                 molva_text why);
} molva_discovery_client;

typedef struct molva_discovery molva_discovery; /* the plugin's own */

typedef struct molva_discovery_api {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  /* As in molva_auth_api. `client` outlives the plugin. */
  molva_code (*open)(const molva_host* host, const molva_discovery_client* client,
                     molva_text config, const molva_sink* why, molva_discovery** out);
  /* When no call is running. What is not answered by then never is. */
  void (*close)(molva_discovery* self);
  /* Who is `domain`? In its one spelling: lower case, ASCII, no dot behind it. */
  void (*find)(molva_discovery* self, uint64_t token, molva_text domain);
  /* This node is `domain`, and its key document is `document`: at its start and when that has
   * changed. UNSUPPORTED is an answer. */
  void (*announce)(molva_discovery* self, uint64_t token, molva_text domain, molva_text document);
} molva_discovery_api;

/* NOLINTEND(readability-identifier-naming,performance-enum-size) */

#ifdef __cplusplus
}
#endif
