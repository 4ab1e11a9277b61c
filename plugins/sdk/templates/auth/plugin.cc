// The auth scheme "@NAME@": a secret is "<name>:<word>", and the word is the same for everybody.
//
// How a scheme works: the host takes a secret from a client and asks this file what it is worth.
// The host finds and keeps the records; a scheme judges. molva/auth_plugin.h is the contract.
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <molva/auth_plugin.h>
#include <molva/declare.hpp>
#include <molva/plugin.hpp>
#include <molva/settings.hpp>

// What belongs to one open plugin. Functions of several threads read it at once: set it in Open,
// leave it alone afterwards, or guard it.
struct molva_auth {
  std::string word;
};

namespace {

namespace sdk = molva::sdk;

constexpr std::size_t kMaxNameBytes = 32;

struct Secret {
  std::string_view name;
  std::string_view word;
};

// Clients send any bytes: trust nothing.
sdk::Outcome Read(molva_text text, Secret* secret) {
  const std::string_view all = sdk::View(text);
  const std::size_t colon = all.find(':');
  if (colon == std::string_view::npos) return {MOLVA_MALFORMED, "a secret has a colon"};
  *secret = {all.substr(0, colon), all.substr(colon + 1)};
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_";
  if (secret->name.empty() || secret->name.size() > kMaxNameBytes ||
      secret->name.find_first_not_of(kLetters) != std::string_view::npos) {
    return {MOLVA_POLICY, "a name has up to 32 of a-z, 0-9 and _"};
  }
  return sdk::Done();
}

// Takes as long for a wrong word as for the right one, so that time betrays no letters.
bool AreSame(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i] ^ (b.empty() ? 0 : b[i % b.size()]));
  }
  return difference == 0;
}

// Reads the settings. A plugin that cannot work says why in one sentence, and the node does not
// start. No exception may leave the plugin: GuardedOutcome turns one into a code.
molva_code Open(const molva_host*, molva_text config, const molva_sink* why, molva_auth** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    sdk::Settings settings(config);
    auto self = std::make_unique<molva_auth>();
    self->word = settings.Text("word", "");
    if (self->word.empty()) settings.Refuse("word", "must be a text that is not empty");
    if (std::string error = settings.Finish(); !error.empty()) return {MOLVA_MALFORMED, error};
    *out = self.release();
    return sdk::Done();
  });
}

void Close(molva_auth* self) { std::unique_ptr<molva_auth>(self).reset(); }

// Whom is this secret about? Puts the unique name under which the host keeps the record.
molva_code Parse(molva_auth* self, molva_auth_purpose purpose, molva_text text,
                 const molva_sink* unique, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    if (purpose == MOLVA_AUTH_CHANGE) return {MOLVA_UNSUPPORTED, "the word is the node's"};
    Secret secret;
    sdk::Outcome read = Read(text, &secret);
    // At a login a name that nobody can have is a wrong name, nothing more.
    if (read.code == MOLVA_POLICY && purpose == MOLVA_AUTH_LOGIN) read.code = MOLVA_DENIED;
    MOLVA_RETURN_UNLESS_OK(read);
    if (purpose == MOLVA_AUTH_CREATE && !AreSame(secret.word, self->word)) {
      return {MOLVA_DENIED, "that is not the word"};
    }
    sdk::Put(unique, secret.name);
    return sdk::Done();
  });
}

// A new account: what shall the record keep of the secret, and how far is its owner trusted? The
// word is in the settings, so nothing is kept. A scheme with passwords keeps a hash.
molva_code Make(molva_auth*, molva_auth_purpose, molva_text, const molva_sink* kept,
                uint32_t* level, const molva_sink*) {
  sdk::Put(kept, "");
  *level = MOLVA_AUTH_LEVEL_AUTH;
  return MOLVA_OK;
}

// A login: is the secret right? `record` is NULL if nobody has this name; the work is the same.
molva_code Verify(molva_auth* self, molva_text text, const molva_auth_record* record, int64_t now,
                  molva_identity* identity, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    Secret secret;
    sdk::Outcome read = Read(text, &secret);
    if (read.code == MOLVA_POLICY) read.code = MOLVA_DENIED;
    MOLVA_RETURN_UNLESS_OK(read);
    const bool is_right = AreSame(secret.word, self->word);
    if (!is_right || record == nullptr) return {MOLVA_DENIED, "wrong name or word"};
    if (record->expires != MOLVA_NO_TIME && record->expires <= now) {
      return {MOLVA_DENIED, "the record is too old"};
    }
    identity->user = record->user;
    identity->level = record->level;
    return sdk::Done();
  });
}

// By which tags is the owner of `unique` found? By none.
molva_code Tags(molva_auth*, molva_text, const molva_sink*) { return MOLVA_OK; }

// QUICK: verify and make take microseconds. Leave it out if yours work hard or wait, and the host
// calls them where that holds up nobody.
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
// What [plugin.auth_@NAME@] may hold: the node checks it, and `molvad plugins` lists it.
// So does it the licence at the end, which is yours to choose.
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::SecretSetting("word", nullptr, "What everybody logs in with."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_AUTH, "@NAME@", "0.1", &kApi, kSettings, "Apache-2.0");

}  // namespace

// The one function that the host looks for.
const molva_plugin* molva_plugin_v1() { return &kPlugin; }
