// What clients send as a secret of this scheme: one step of a login, in JSON.
#pragma once

#include <cstdint>
#include <string>

#include "molva/plugin.hpp"

namespace molva::auth_oidc {

// A plain value. The steps:
//
//   {"redirect_uri": …}              begins; the answer says where to send the browser
//   {"want": "nonce"}                begins with an ID token that the client gets for itself
//   {"state": …, "ticket": …, "code": …}
//   {"state": …, "ticket": …, "id_token": …}
//   {"proof": …}                     comes in
struct Request {
  static constexpr std::size_t kMaxBytes = 24576;
  enum class Step : std::uint8_t { kBegin, kWantNonce, kCode, kIdToken, kProof };

  Step step = Step::kBegin;
  std::string redirect_uri;
  std::string state;
  std::string ticket;
  std::string answer;  // the code, the ID token or the proof
};

// Errors: MALFORMED, and what a step looks like.
sdk::Outcome ReadRequest(molva_text secret, Request* request);

}  // namespace molva::auth_oidc
