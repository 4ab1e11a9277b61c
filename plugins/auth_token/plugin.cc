// Signed tokens: a login without a password, good until it expires or the serial is raised.
#include <sodium.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <string>

#include "molva/auth_plugin.h"
#include "molva/declare.hpp"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"
#include "token.h"

struct molva_auth {
  std::string key;         // signs and verifies
  std::string former_key;  // verifies what was signed before the key changed; may be empty
  std::uint16_t serial = 0;
  std::int64_t lifetime_seconds = 0;
};

namespace molva::auth_token {
namespace {

constexpr std::size_t kMinKeyBytes = 32;
constexpr std::int64_t kDefaultLifetimeSeconds = std::int64_t{14} * 86400;
constexpr std::int64_t kMaxLifetimeSeconds = std::int64_t{3650} * 86400;

// Standard or URL alphabet, padded or not.
std::string DecodeBase64(std::string_view text) {
  for (const int variant :
       {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
        sodium_base64_VARIANT_URLSAFE, sodium_base64_VARIANT_URLSAFE_NO_PADDING}) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                          text.size(), nullptr, &size, nullptr, variant) == 0) {
      bytes.resize(size);
      return bytes;
    }
  }
  return {};
}

std::string ReadSettings(molva_text text, molva_auth& self) {
  sdk::Config config(text);
  self.key = DecodeBase64(config.Text("key", ""));
  const std::string former = config.Text("former_key", "");
  self.former_key = DecodeBase64(former);
  self.serial = static_cast<std::uint16_t>(config.Integer("serial", 1, 0, 65535));
  self.lifetime_seconds =
      config.Integer("lifetime_seconds", kDefaultLifetimeSeconds, 60, kMaxLifetimeSeconds);
  std::string error = config.Finish();
  if (!error.empty()) return error;
  if (self.key.size() < kMinKeyBytes) return "\"key\" must be base64 of at least 32 bytes";
  if (!former.empty() && self.former_key.size() < kMinKeyBytes) {
    return "\"former_key\" must be base64 of at least 32 bytes";
  }
  return {};
}

molva_code Open(const molva_host*, molva_text config, const molva_sink* why, molva_auth** out) {
  return sdk::Guarded([&]() -> molva_code {
    if (sodium_init() < 0) return MOLVA_INTERNAL;
    auto self = std::make_unique<molva_auth>();
    const std::string error = ReadSettings(config, *self);
    if (!error.empty()) {
      sdk::Put(why, error);
      return MOLVA_MALFORMED;
    }
    *out = self.release();
    return MOLVA_OK;
  });
}

void Close(molva_auth* self) {
  const std::unique_ptr<molva_auth> owned(self);
  sodium_memzero(owned->key.data(), owned->key.size());
  sodium_memzero(owned->former_key.data(), owned->former_key.size());
}

molva_code Parse(molva_auth*, molva_auth_purpose purpose, molva_text, const molva_sink*,
                 const molva_sink*) {
  return purpose == MOLVA_AUTH_LOGIN ? MOLVA_OK : MOLVA_UNSUPPORTED;
}

molva_code Make(molva_auth*, molva_auth_purpose, molva_text, const molva_sink*, uint32_t*,
                const molva_sink*) {
  return MOLVA_UNSUPPORTED;
}

molva_code Refuse(const molva_sink* why, const char* sentence, molva_code code) {
  sdk::Put(why, sentence);
  return code;
}

// The order of the refusals is protocol.
molva_code Verify(molva_auth* self, molva_text secret, const molva_auth_record*, int64_t now,
                  molva_identity* identity, const molva_sink* why) {
  return sdk::Guarded([&]() -> molva_code {
    const std::string_view bytes = sdk::View(secret);
    if (bytes.size() == kFormerTokenBytes) {
      return Refuse(why, "token is of the former kind, without a login", MOLVA_DENIED);
    }
    if (bytes.size() != kTokenBytes) return Refuse(why, "token is not 58 bytes", MOLVA_MALFORMED);
    if (!IsSignedBy(bytes, self->key) &&
        (self->former_key.empty() || !IsSignedBy(bytes, self->former_key))) {
      return Refuse(why, "token has a wrong signature", MOLVA_DENIED);
    }
    const Token token = Read(bytes);
    if (token.level > MOLVA_AUTH_LEVEL_ROOT) {
      return Refuse(why, "token has an unknown level", MOLVA_MALFORMED);
    }
    if (token.serial != self->serial) return Refuse(why, "token has an old serial", MOLVA_DENIED);
    if (std::int64_t{token.expires} * 1000 < now + 1000) {
      return Refuse(why, "token has expired", MOLVA_DENIED);
    }
    identity->user = token.user;
    identity->level = token.level;
    identity->may_log_in = (token.features & Token::kNoLogin) == 0 ? 1 : 0;
    identity->validated = (token.features & Token::kValidated) != 0 ? 1 : 0;
    if (MOLVA_HAS(identity, login)) {
      identity->login = token.login;
    } else if (token.login != 0) {
      return Refuse(why, "the host does not know logins", MOLVA_DENIED);
    }
    if (MOLVA_HAS(identity, expires)) identity->expires = std::int64_t{token.expires} * 1000;
    return MOLVA_OK;
  });
}

molva_code Tags(molva_auth*, molva_text, const molva_sink*) { return MOLVA_OK; }

molva_code Issue(molva_auth* self, const molva_identity* identity, int64_t now,
                 const molva_sink* secret, int64_t* expires) {
  return sdk::Guarded([&]() -> molva_code {
    std::int64_t until = now / 1000 + self->lifetime_seconds;
    if (MOLVA_HAS(identity, expires) && identity->expires != MOLVA_NO_TIME) {
      until = std::min(until, identity->expires / 1000);
    }
    if (until < 0 || until > std::numeric_limits<std::uint32_t>::max()) return MOLVA_UNSUPPORTED;
    Token token{.user = identity->user,
                .expires = static_cast<std::uint32_t>(until),
                .level = static_cast<std::uint16_t>(identity->level),
                .serial = self->serial};
    if (MOLVA_HAS(identity, login)) token.login = identity->login;
    if (identity->validated != 0) token.features |= Token::kValidated;
    if (identity->may_log_in == 0) token.features |= Token::kNoLogin;
    sdk::Put(secret, Sign(token, self->key));
    *expires = until * 1000;
    return MOLVA_OK;
  });
}

constexpr molva_auth_api kApi = {sizeof(molva_auth_api),
                                 MOLVA_AUTH_LOGS_IN | MOLVA_AUTH_ISSUES | MOLVA_AUTH_QUICK,
                                 Open,
                                 Close,
                                 Parse,
                                 Make,
                                 Verify,
                                 Tags,
                                 Issue,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr};
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::SecretSetting("key", "", "Base64 of at least 32 bytes; the node has one of its own."),
    sdk::SecretSetting("former_key", "", "Still verifies after a change of the key."),
    sdk::NumberSetting("serial", "1", 0, 65535, "Raise it to end every token."),
    sdk::NumberSetting("lifetime_seconds", "1209600", 60, kMaxLifetimeSeconds,
                       "How long a token is good."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_AUTH, "token", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::auth_token

const molva_plugin* molva_plugin_v1() { return &molva::auth_token::kPlugin; }
