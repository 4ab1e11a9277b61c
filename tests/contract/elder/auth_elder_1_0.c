/* An auth plugin for ABI 1.0, kept as a binary: what was built then must log people in now.
 *
 * The secret is "login:password". What is kept is the password with each byte turned over: a scheme
 * for tests, not for secrets. README.md says how the library beside was built; the headers of today
 * compile this too, but make another binary. */
#include <stdlib.h>
#include <string.h>

#include "molva/auth_plugin.h"

#define MASK 0x5a
#define MAX_PASSWORD 256

struct molva_auth {
  const molva_host* host;
};

static void Put(const molva_sink* sink, const char* data, size_t size) {
  const molva_text text = {data, size};
  if (sink != NULL) sink->put(sink->context, text);
}

static void Say(const molva_sink* why, const char* sentence) {
  Put(why, sentence, strlen(sentence));
}

/* The colon of "login:password", or NULL. */
static const char* ColonOf(molva_text secret) {
  const char* colon = secret.size == 0 ? NULL : memchr(secret.data, ':', secret.size);
  if (colon == NULL || colon == secret.data) return NULL;
  return secret.size - (size_t)(colon + 1 - secret.data) > MAX_PASSWORD ? NULL : colon;
}

/* Returns how many bytes of `kept` were set. */
static size_t TurnOver(molva_text secret, const char* colon, char* kept) {
  const size_t size = secret.size - (size_t)(colon + 1 - secret.data);
  for (size_t i = 0; i < size; ++i) kept[i] = (char)(colon[1 + i] ^ MASK);
  return size;
}

static molva_code Open(const molva_host* host, molva_text config, const molva_sink* why,
                       molva_auth** out) {
  if (config.size != 0 && !(config.size == 2 && memcmp(config.data, "{}", 2) == 0)) {
    Say(why, "there is nothing to configure");
    return MOLVA_MALFORMED;
  }
  *out = malloc(sizeof(molva_auth));
  if (*out == NULL) return MOLVA_INTERNAL;
  (*out)->host = host;
  const char* sentence = "opened as it was built for ABI 1.0";
  const molva_text text = {sentence, strlen(sentence)};
  host->log(host->context, MOLVA_LOG_DEBUG, text);
  return MOLVA_OK;
}

static void Close(molva_auth* self) { free(self); }

static molva_code Parse(molva_auth* self, molva_auth_purpose purpose, molva_text secret,
                        const molva_sink* unique, const molva_sink* why) {
  (void)self;
  (void)purpose;
  const char* colon = ColonOf(secret);
  if (colon == NULL) {
    Say(why, "no colon between login and password");
    return MOLVA_MALFORMED;
  }
  Put(unique, secret.data, (size_t)(colon - secret.data));
  return MOLVA_OK;
}

static molva_code Make(molva_auth* self, molva_auth_purpose purpose, molva_text secret,
                       const molva_sink* kept, uint32_t* level, const molva_sink* why) {
  (void)self;
  (void)purpose;
  (void)why;
  char turned[MAX_PASSWORD];
  Put(kept, turned, TurnOver(secret, ColonOf(secret), turned));
  *level = MOLVA_AUTH_LEVEL_AUTH;
  return MOLVA_OK;
}

static molva_code Verify(molva_auth* self, molva_text secret, const molva_auth_record* record,
                         int64_t now, molva_identity* identity, const molva_sink* why) {
  (void)self;
  (void)now;
  char turned[MAX_PASSWORD];
  const char* colon = ColonOf(secret);
  const size_t size = colon == NULL ? 0 : TurnOver(secret, colon, turned);
  if (record == NULL || colon == NULL || record->secret.size != size ||
      memcmp(record->secret.data, turned, size) != 0) {
    Say(why, "wrong secret");
    return MOLVA_DENIED;
  }
  identity->user = record->user;
  identity->level = record->level;
  identity->may_log_in = 1;
  identity->validated = 0;
  return MOLVA_OK;
}

static molva_code Tags(molva_auth* self, molva_text unique, const molva_sink* tag) {
  (void)self;
  char name[6 + MAX_PASSWORD] = "elder:";
  if (unique.size > MAX_PASSWORD) return MOLVA_MALFORMED;
  memcpy(name + 6, unique.data, unique.size);
  Put(tag, name, 6 + unique.size);
  return MOLVA_OK;
}

static const molva_auth_api kApi = {
    sizeof(molva_auth_api),
    MOLVA_AUTH_LOGS_IN | MOLVA_AUTH_CREATES | MOLVA_AUTH_CHANGES | MOLVA_AUTH_RECORDS,
    Open,
    Close,
    Parse,
    Make,
    Verify,
    Tags,
    NULL,
};

static const molva_plugin kPlugin = {
    MOLVA_PLUGIN_MAGIC, sizeof(molva_plugin), MOLVA_ABI_MAJOR, MOLVA_ABI_MINOR,
    MOLVA_KIND_AUTH,    "elder_1_0",          "1.0",           &kApi,
};

const molva_plugin* molva_plugin_v1(void) { return &kPlugin; }
