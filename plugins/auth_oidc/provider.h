// The provider: where it is asked, by which keys it signs, and what it gives for a code.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "http.h"
#include "jwt.h"
#include "key_set.h"
#include "molva/plugin.hpp"

namespace molva::auth_oidc {

struct ProviderOptions {
  std::string issuer;
  std::string client_id;
  std::string client_secret;  // empty: a public client
  bool posts_secret = false;  // in the form, instead of a header
  std::int64_t max_age_millis = 3'600'000;
};

// What a provider says of itself. Source: OpenID Connect Discovery §3.
struct Metadata {
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string keys_address;
};

// Asks when it must: what was learnt is good for `max_age_millis`; a token of a key that is not
// known makes it ask for the keys once more, at most once in kPatienceMillis, as is anything that
// failed. Times are the host's, so that nobody sets them but the host.
//
// Thread: any, several at once; one asks, the others wait for what it learns.
class Provider {
 public:
  static constexpr std::int64_t kPatienceMillis = 5000;
  Provider(ProviderOptions options, HttpOptions http)
      : options_(std::move(options)), http_(std::move(http)) {}

  // Errors: UNAVAILABLE if the provider does not say, or names itself otherwise.
  sdk::Outcome Describe(std::int64_t now, Metadata* metadata);
  // What is given for a code: an ID token. DENIED: the code is not good. UNAVAILABLE as above.
  sdk::Outcome Redeem(const std::string& code, const std::string& redirect_uri,
                      const std::string& verifier, std::int64_t now, std::string* id_token);
  // Whether the provider signed `token`. DENIED, UNAVAILABLE.
  sdk::Outcome CheckSignature(const Jwt& token, std::int64_t now);

  const std::string& issuer() const { return options_.issuer; }
  const std::string& client_id() const { return options_.client_id; }

 private:
  // When something was last asked for, and learnt.
  struct Learnt {
    std::int64_t asked = 0;
    std::int64_t at = 0;
  };
  bool IsFresh(const Learnt& learnt, std::int64_t now) const;
  static bool MayAsk(const Learnt& learnt, std::int64_t now);

  // Both with mutex_ held.
  sdk::Outcome LearnMetadata(std::int64_t now);
  sdk::Outcome LearnKeys(std::int64_t now);

  sdk::Outcome KeysFor(const Jwt& token, std::int64_t now, std::shared_ptr<const KeySet>* keys);

  const ProviderOptions options_;
  const Http http_;
  std::mutex mutex_;
  Learnt metadata_learnt_;
  Metadata metadata_;
  Learnt keys_learnt_;
  std::shared_ptr<const KeySet> keys_;  // shared: whoever checks by the former ones goes on
};

}  // namespace molva::auth_oidc
