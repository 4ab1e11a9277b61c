/* The C contract of media: where the bytes of files are kept. Who may read a file, what it is
 * called and when it goes is the business of the host. Since 1.3.
 *
 * Threads: all functions may be called from several threads at once, and may block; one writer or
 *          reader is used by one thread at a time.
 * Codes:   UNAVAILABLE: not now (disk full, service away). NOT_FOUND: no such file. `why` never
 *          names more than the file.
 */
#pragma once

#include "molva/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* C names.
 * NOLINTBEGIN(readability-identifier-naming) */

typedef struct molva_media molva_media;               /* the plugin's own */
typedef struct molva_media_writer molva_media_writer; /* a file that is being written */
typedef struct molva_media_reader molva_media_reader;

typedef struct molva_media_api {
  uint32_t struct_size;
  uint32_t reserved; /* zero */
  /* As in molva_auth_api. */
  molva_code (*open)(const molva_host* host, molva_text config, const molva_sink* why,
                     molva_media** out);
  /* No writer or reader is left. */
  void (*close)(molva_media* self);

  /* Begins a file. `id` is new: eleven letters of A-Z a-z 0-9 - _. `mime`: as it will be served.
   * ALREADY_EXISTS: there is such a file, or it is being written. */
  molva_code (*create_file)(molva_media* self, molva_text id, molva_text mime,
                            const molva_sink* why, molva_media_writer** out);
  /* Appends. After an error only release_writer follows. */
  molva_code (*write)(molva_media_writer* writer, molva_text bytes, const molva_sink* why);
  /* The last call but for release_writer. Puts how the file is found again (at most 1,024 bytes)
   * and its etag, without quotes (at most 128 printable ASCII; the same bytes have the same).
   * MOLVA_OK means durable. */
  molva_code (*finish)(molva_media_writer* writer, const molva_sink* location,
                       const molva_sink* etag, const molva_sink* why);
  /* Ends the writer. Without a finish that was OK nothing is left of the file. */
  void (*release_writer)(molva_media_writer* writer);

  molva_code (*open_file)(molva_media* self, molva_text location, const molva_sink* why,
                          molva_media_reader** out);
  /* Reads up to `size` bytes at `offset` into `to` and sets *got; zero: the file ends there. */
  molva_code (*read_at)(molva_media_reader* reader, int64_t offset, char* to, size_t size,
                        size_t* got, const molva_sink* why);
  void (*release_reader)(molva_media_reader* reader);

  /* Removes a file; one that is not there any more is MOLVA_OK. Who reads it reads on. `location`
   * may also be an id that was given to create_file, when nobody heard how that ended. */
  molva_code (*remove_file)(molva_media* self, molva_text location, const molva_sink* why);
  /* Puts a URL where a client may fetch the bytes itself for a short while, at most 4,096 bytes;
   * puts nothing if they come through the host alone. May be NULL: never. */
  molva_code (*url_of)(molva_media* self, molva_text location, const molva_sink* url,
                       const molva_sink* why);
} molva_media_api;

/* NOLINTEND(readability-identifier-naming) */

#ifdef __cplusplus
}
#endif
