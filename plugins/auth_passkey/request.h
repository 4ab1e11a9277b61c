// What clients send as a secret of this scheme, in JSON: a wish, or what a browser gave, as it
// writes that itself (PublicKeyCredential.toJSON).
#pragma once

#include <cstdint>
#include <string>

#include "molva/plugin.hpp"

namespace molva::auth_passkey {

// What a browser signed: the type of what was done, the challenge, and the page.
// Source: WebAuthn §5.8.1.
struct ClientData {
  std::string type;
  std::string challenge;  // decoded
  std::string origin;
  bool is_cross_origin = false;  // a page within a page of somebody else
};

// A plain value. To log in:
//
//   {"want": "get"}                      begins; whoever holds a passkey
//   {"want": "get", "user": "usr…"}      begins; of one user
//   {"id", "response": {"clientDataJSON", "authenticatorData", "signature", "userHandle"}}
//
// and to change what one has:
//
//   {"want": "create", "name": …}        begins; what the browser shows
//   {"id", "response": {"clientDataJSON", "attestationObject"}, "label": …}
//   {"want": "list"}
//   {"want": "remove", "id": …}
//
// Other members are passed over.
struct Request {
  static constexpr std::size_t kMaxBytes = 16384;
  static constexpr std::size_t kMaxLabelBytes = 64;
  enum class Step : std::uint8_t { kGet, kAssertion, kCreate, kAttestation, kList, kRemove };

  Step step = Step::kGet;
  std::uint64_t user = 0;  // who is meant, 0 if nobody is named
  std::string name;        // or label
  std::string id;          // of the credential: bytes
  std::string client_data_json;
  ClientData client_data;
  std::string authenticator_data;
  std::string signature;
  std::string attestation;
};

// Errors: MALFORMED, and what a step looks like.
sdk::Outcome ReadRequest(molva_text secret, Request* request);

}  // namespace molva::auth_passkey
