// What the operator says of the provider, and what the host is told of that.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "claims.h"
#include "http.h"
#include "molva/declare.hpp"
#include "molva/plugin.hpp"
#include "provider.h"

namespace molva::auth_oidc {

struct Settings {
  ProviderOptions provider;
  HttpOptions http;
  Wanted wanted;
  std::vector<std::string> redirect_uris;
  std::vector<std::string> native_clients;  // whose ID tokens are taken as they are
  std::string scopes;
  std::int64_t leeway_millis = 0;
  bool makes_accounts = true;
};

// Empty if all is well; else a sentence that says what to change.
std::string ReadSettings(molva_text json, Settings* settings);

inline constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("issuer", nullptr, "The provider, as it calls itself: an https address."),
    sdk::TextSetting("client_id", nullptr, "What the provider calls this node."),
    sdk::SecretSetting("client_secret", "", "What the provider knows it by; empty for none."),
    sdk::TextSetting("client_secret_file", "", "A file that holds the secret instead."),
    sdk::TextSetting("client_auth", "basic", "How the secret is sent: basic or post."),
    sdk::ListSetting("redirect_uris", "", "Where clients may be sent back to, whole addresses."),
    sdk::TextSetting("scopes", "openid profile email", "What the provider is asked for."),
    sdk::ListSetting("native_clients", "",
                     "Clients of the provider whose ID tokens are taken without a code."),
    sdk::TextSetting("name_claim", "name", "The claim that names a new account."),
    sdk::ListSetting("tags", "", "Tags of a new account, as email:email."),
    sdk::BoolSetting("allow_new_accounts", "true", "Whether a first login makes the account."),
    sdk::BoolSetting("allow_http", "false",
                     "Whether a provider on this machine may do without TLS."),
    sdk::TextSetting("ca_file", "", "Certificates to trust instead of the system's."),
    sdk::NumberSetting("timeout_seconds", "5", 1, 60, "Of each question to the provider."),
    sdk::NumberSetting("keys_max_age_seconds", "3600", 10, 86400,
                       "How long the provider's keys are good for."),
    sdk::NumberSetting("leeway_seconds", "60", 0, 600, "How much clocks may differ."),
});

}  // namespace molva::auth_oidc
