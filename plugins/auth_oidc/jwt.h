// A signed token as it comes: taken apart, and not believed yet.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "login_common/public_key.h"

namespace molva::auth_oidc {

// A plain value.
//
// Shape:  header, payload and signature in base64 of URLs, with dots between them.
// Source: RFC 7515 §7.1, RFC 8725.
struct Jwt {
  static constexpr std::size_t kMaxBytes = 16384;

  // nullopt for what is none, is longer than kMaxBytes, is signed by another algorithm than the
  // three (so also "none" and those with shared secrets), has a member twice in its header, or
  // wants something that is not known here ("crit").
  static std::optional<Jwt> Parse(std::string_view text);

  login_common::Algorithm algorithm = login_common::Algorithm::kRs256;
  std::string key_id;       // empty: the token names none
  std::string signed_text;  // header and payload as they stand
  std::string payload;      // decoded; JSON if its signer wrote it well
  std::string signature;
};

// The algorithm that is called `name`: RS256, ES256 or EdDSA; nullopt for any other.
std::optional<login_common::Algorithm> AlgorithmOf(std::string_view name);

}  // namespace molva::auth_oidc
