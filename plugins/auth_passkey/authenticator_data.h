// What an authenticator says of itself, and of a key that it has made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "login_common/public_key.h"

namespace molva::auth_passkey {

// A plain value, read and not yet judged.
//
// Source: WebAuthn §6.1, §6.5.
struct AuthenticatorData {
  static constexpr std::size_t kMaxBytes = 4096;
  static constexpr std::size_t kMaxIdBytes = 1023;

  struct Credential {
    std::string id;
    std::string key;  // COSE, as ReadCoseKey takes it
  };

  // nullopt for what is none: too short, bytes behind the end, a flag without its part or a part
  // without its flag, or a key that ReadCoseKey refuses.
  static std::optional<AuthenticatorData> Parse(std::string_view bytes);

  std::string relying_party_hash;
  bool is_present = false;   // somebody touched it
  bool is_verified = false;  // and showed that it is his
  std::uint32_t counter = 0;
  std::optional<Credential> credential;  // of one that was just made
};

// The authenticator data in an attestation object of format "none"; nullopt for what is no such
// object: others vouch for a maker, and are not asked for. Source: WebAuthn §6.5.4, §8.7.
std::optional<std::string> ReadAttestation(std::string_view bytes);

// A key of ES256, EdDSA or RS256, all of `bytes`. nullopt for any other, for members that are there
// twice, and for unsafe ones. Source: RFC 9053 §2, §7; RFC 8812 §2.
std::optional<login_common::PublicKey> ReadCoseKey(std::string_view bytes);

}  // namespace molva::auth_passkey
