// An example: whoever knows the word of the house gets an account of the lowest level.
//
// Settings: {"word": …} would be read with plugin_config.hpp; to need no library, this example
// takes the whole configuration for the word.
#include <memory>
#include <string>

#include <molva/auth_plugin.h>
#include <molva/plugin.hpp>

struct molva_auth {
  std::string word;
};

namespace {

namespace sdk = molva::sdk;

molva_code Open(const molva_host*, molva_text config, const molva_sink* why, molva_auth** out) {
  return sdk::Guarded([&]() -> molva_code {
    if (config.size == 0) {
      sdk::Put(why, "the word of the house is missing");
      return MOLVA_MALFORMED;
    }
    *out = std::make_unique<molva_auth>(molva_auth{sdk::Copy(config)}).release();
    return MOLVA_OK;
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
constexpr molva_plugin kPlugin = sdk::DescribePlugin(MOLVA_KIND_AUTH, "guestbook", "0.1", &kApi);

}  // namespace

const molva_plugin* molva_plugin_v1() { return &kPlugin; }
