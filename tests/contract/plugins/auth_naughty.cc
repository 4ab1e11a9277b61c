// An auth scheme that behaves, but for the one thing that its setting "do" names; it hangs for
// ever, or while the file exists that "while" names.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "molva/auth_plugin.h"
#include "molva/plugin.hpp"
#include "molva/settings.hpp"

struct molva_auth {
  std::string deed;
  std::string file;
  bool Does(std::string_view what) const { return deed == what; }
};

namespace {

namespace sdk = molva::sdk;

[[noreturn]] void Hang() {
  for (;;) ::pause();
}

void HangIn(const molva_auth& self) {
  if (self.file.empty()) Hang();
  while (::access(self.file.c_str(), F_OK) == 0) ::usleep(5000);
}

// What is left behind; kept in a place that nobody frees.
void Litter(std::string_view deed) {
  static std::atomic<char*> last{nullptr};
  if (deed == "leak memory") last = new char[4096];
  if (deed == "leak a descriptor") (void)::dup(STDERR_FILENO);
  if (deed == "leak a thread") std::thread(Hang).detach();
}

molva_code Open(const molva_host*, molva_text config, const molva_sink* why, molva_auth** out) {
  sdk::Settings settings(config);
  auto self = std::make_unique<molva_auth>();
  self->deed = settings.Text("do", "");
  self->file = settings.Text("while", "");
  const std::string error = settings.Finish();
  if (self->Does("crash in open")) std::abort();
  if (self->Does("hang in open")) Hang();
  if (self->Does("exit in open")) std::exit(0);
  if (!error.empty() && !self->Does("take any setting")) {
    if (!self->Does("refuse without a word")) sdk::Put(why, error);
    return MOLVA_MALFORMED;
  }
  Litter(self->deed);
  *out = self.release();
  return MOLVA_OK;
}

void Close(molva_auth* self) { std::unique_ptr<molva_auth>(self).reset(); }

molva_code Parse(molva_auth* self, molva_auth_purpose, molva_text secret, const molva_sink* unique,
                 const molva_sink*) {
  if (self->Does("crash in parse")) std::abort();
  if (self->Does("exit in parse")) std::exit(3);
  if (self->Does("invent a code")) return 77;
  if (self->Does("hang in parse")) HangIn(*self);
  const std::string_view text = sdk::View(secret);
  if (!text.starts_with("ann:")) return MOLVA_MALFORMED;
  sdk::Put(unique, "ann");
  return MOLVA_OK;
}

molva_code Make(molva_auth*, molva_auth_purpose, molva_text, const molva_sink* kept,
                uint32_t* level, const molva_sink*) {
  sdk::Put(kept, "");
  *level = MOLVA_AUTH_LEVEL_AUTH;
  return MOLVA_OK;
}

molva_code Verify(molva_auth* self, molva_text secret, const molva_auth_record* record, int64_t,
                  molva_identity* identity, const molva_sink*) {
  if (self->Does("hang in verify")) HangIn(*self);
  const bool is_lenient = self->Does("let everybody in") && record != nullptr;
  if (self->Does("ask back") && record != nullptr) {
    if (sdk::View(secret) == "ann:word") sdk::Put(identity->challenge, "and then?");
    return sdk::View(secret) == "ann:word" ? MOLVA_OK : MOLVA_DENIED;
  }
  if (!is_lenient && (record == nullptr || sdk::View(secret) != "ann:word")) return MOLVA_DENIED;
  identity->user = record->user;
  identity->level = record->level;
  return MOLVA_OK;
}

molva_code Tags(molva_auth*, molva_text, const molva_sink*) { return MOLVA_OK; }

constexpr molva_auth_api MakeApi() {
  molva_auth_api api{};
  api.struct_size = sizeof api;
  api.traits = MOLVA_AUTH_LOGS_IN | MOLVA_AUTH_CREATES | MOLVA_AUTH_RECORDS | MOLVA_AUTH_QUICK;
  api.open = Open;
  api.close = Close;
  api.parse = Parse;
  api.make = Make;
  api.verify = Verify;
  api.tags = Tags;
  return api;
}
constexpr molva_auth_api kApi = MakeApi();
constexpr molva_plugin kPlugin = sdk::DescribePlugin(MOLVA_KIND_AUTH, "naughty", "1.0", &kApi);

}  // namespace

const molva_plugin* molva_plugin_v1() { return &kPlugin; }
