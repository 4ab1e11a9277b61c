// What the operator says of the pages that use passkeys, and what the host is told of that.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "molva/declare.hpp"
#include "molva/plugin.hpp"

namespace molva::auth_passkey {

struct Settings {
  std::string relying_party;  // a domain
  std::string name;
  std::vector<std::string> origins;
  std::string verification;  // as WebAuthn calls it
  std::size_t most_keys = 0;
  std::int64_t challenge_millis = 0;

  bool must_verify() const { return verification == "required"; }
};

// Empty if all is well; else a sentence that says what to change.
std::string ReadSettings(molva_text json, Settings* settings);

inline constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("rp_id", nullptr,
                     "The domain to which passkeys belong; it cannot be changed."),
    sdk::TextSetting("rp_name", "Molva", "What browsers call it."),
    sdk::ListSetting("origins", nullptr, "The pages that may use them, as https://chat.example."),
    sdk::TextSetting("user_verification", "preferred",
                     "Whether an authenticator must make sure who holds it: required, preferred or "
                     "discouraged."),
    sdk::NumberSetting("max_keys", "8", 1, 16, "Most passkeys of one account."),
    sdk::NumberSetting("challenge_seconds", "300", 10, 3600, "How long people may take."),
});

}  // namespace molva::auth_passkey
