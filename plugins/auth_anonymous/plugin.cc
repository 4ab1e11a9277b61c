// Accounts without a secret: whoever asks gets one, and lives by the token that comes with it.
#include <array>
#include <memory>

#include "molva/auth_plugin.h"
#include "molva/declare.hpp"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"

struct molva_auth {};

namespace molva::auth_anonymous {
namespace {

molva_code Open(const molva_host*, molva_text config, const molva_sink* why, molva_auth** out) {
  return sdk::Guarded([&]() -> molva_code {
    const std::string error = sdk::Config(config).Finish();
    if (!error.empty()) {
      sdk::Put(why, error);
      return MOLVA_MALFORMED;
    }
    *out = std::make_unique<molva_auth>().release();
    return MOLVA_OK;
  });
}

void Close(molva_auth* self) { std::unique_ptr<molva_auth>(self).reset(); }

molva_code Parse(molva_auth*, molva_auth_purpose purpose, molva_text, const molva_sink*,
                 const molva_sink*) {
  return purpose == MOLVA_AUTH_LOGIN ? MOLVA_UNSUPPORTED : MOLVA_OK;
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
                                 MOLVA_AUTH_CREATES | MOLVA_AUTH_CHANGES | MOLVA_AUTH_QUICK,
                                 Open,
                                 Close,
                                 Parse,
                                 Make,
                                 Verify,
                                 Tags,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr};
constexpr std::array<molva_setting, 0> kSettings{};
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_AUTH, "anonymous", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::auth_anonymous

const molva_plugin* molva_plugin_v1() { return &molva::auth_anonymous::kPlugin; }
