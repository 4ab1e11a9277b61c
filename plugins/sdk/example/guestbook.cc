// An example: whoever knows the word of the house gets an account of the lowest level.
//
// Setting: "word".
#include <array>
#include <memory>
#include <string>

#include <molva/auth_plugin.h>
#include <molva/declare.hpp>
#include <molva/plugin.hpp>
#include <molva/settings.hpp>

struct molva_auth {
  std::string word;
};

namespace {

namespace sdk = molva::sdk;

molva_code Open(const molva_host*, molva_text config, const molva_sink* why, molva_auth** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    sdk::Settings settings(config);
    auto self = std::make_unique<molva_auth>();
    self->word = settings.Text("word", "");
    if (self->word.empty()) settings.Refuse("word", "must be the word of the house");
    if (std::string error = settings.Finish(); !error.empty()) return {MOLVA_MALFORMED, error};
    *out = self.release();
    return sdk::Done();
  });
}

void Close(molva_auth* self) { std::unique_ptr<molva_auth>(self).reset(); }

molva_code Parse(molva_auth* self, molva_auth_purpose purpose, molva_text secret, const molva_sink*,
                 const molva_sink* why) {
  if (purpose != MOLVA_AUTH_CREATE) return MOLVA_UNSUPPORTED;
  if (sdk::View(secret) == self->word) return MOLVA_OK;
  sdk::Put(why, "that is not the word of the house");
  return MOLVA_DENIED;
}

molva_code Make(molva_auth*, molva_auth_purpose, molva_text, const molva_sink*, uint32_t* level,
                const molva_sink*) {
  *level = MOLVA_AUTH_LEVEL_ANON;
  return MOLVA_OK;
}

molva_code Verify(molva_auth*, molva_text, const molva_auth_record*, int64_t, molva_identity*,
                  const molva_sink*) {
  return MOLVA_UNSUPPORTED;
}

molva_code Tags(molva_auth*, molva_text, const molva_sink*) { return MOLVA_OK; }

constexpr molva_auth_api kApi = {sizeof(molva_auth_api),
                                 MOLVA_AUTH_CREATES | MOLVA_AUTH_QUICK,
                                 Open,
                                 Close,
                                 Parse,
                                 Make,
                                 Verify,
                                 Tags,
                                 nullptr};
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("word", nullptr, "What opens the guest book."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_AUTH, "guestbook", "0.1", &kApi, kSettings, "Apache-2.0");

}  // namespace

const molva_plugin* molva_plugin_v1() { return &kPlugin; }
