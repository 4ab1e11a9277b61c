// What an ID token says, and whether that is for us, of now, and an answer to what we asked.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "molva/plugin.hpp"

namespace molva::auth_oidc {

struct Expected {
  std::string issuer;
  std::vector<std::string> audiences;  // ids of clients; one of them must be meant
  std::string nonce;
  std::int64_t now_millis = 0;
  std::int64_t leeway_millis = 0;  // of clocks that differ
};

// Which claims describe a new account.
struct Wanted {
  std::string name_claim;
  std::vector<std::pair<std::string, std::string>> tags;  // namespace and claim
};

struct Person {
  std::string subject;
  std::string name;               // empty if the token says none
  std::vector<std::string> tags;  // "email:ann@example.org"
};

// Reads the payload of a token whose signature is good. A claim "email" or "phone_number" makes a
// tag only if the provider has verified it: others are found by such tags.
// Errors: MOLVA_DENIED, and why, without what the token says.
// Source: OpenID Connect Core §3.1.3.7, RFC 7519 §4.1.
sdk::Outcome ReadClaims(const std::string& payload, const Expected& expected, const Wanted& wanted,
                        Person* person);

}  // namespace molva::auth_oidc
