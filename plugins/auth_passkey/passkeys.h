// The passkeys of one account, as its record keeps them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace molva::auth_passkey {

struct Passkey {
  std::string id;   // what the authenticator calls it: bytes
  std::string key;  // COSE
  std::uint32_t counter = 0;
  std::int64_t created_millis = 0;
  std::string label;  // what its owner calls it
};

// Nothing of it is a secret: who has it can check signatures, and make none.
//
// Shape: "passkeys1", then for each key a blank, and id, key, counter, time and label with colons
//        between them; bytes in base64 of URLs.
std::string WritePasskeys(const std::vector<Passkey>& keys);
// nullopt for what WritePasskeys did not write.
std::optional<std::vector<Passkey>> ReadPasskeys(std::string_view text);

}  // namespace molva::auth_passkey
