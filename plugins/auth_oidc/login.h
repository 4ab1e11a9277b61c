// A login, step by step, apart from the border to the host.
#pragma once

#include <string>

#include "login_common/stamps.h"
#include "molva/plugin.hpp"
#include "proofs.h"
#include "provider.h"
#include "request.h"
#include "settings.h"

namespace molva::auth_oidc {

// What is handed out with a login's first step is derived from its state by a key of this process,
// and is kept nowhere: the verifier of PKCE, the nonce, and the ticket, which never goes through
// the browser: who reads the address that a browser comes back to cannot use what stands there.
//
// Thread: any, several at once.
class Login {
 public:
  static constexpr std::int64_t kLifetimeMillis = std::int64_t{10} * 60 * 1000;
  explicit Login(Settings settings);

  // The unique name of the record that `request` is about. DENIED for a proof of nobody.
  sdk::Outcome NameOf(const Request& request, std::string* unique) const;
  // Both put the next challenge, as JSON. POLICY: an address that is not on the list.
  sdk::Outcome Begin(const Request& request, std::int64_t now, std::string* challenge);
  sdk::Outcome TakeAnswer(const Request& request, std::int64_t now, std::string* challenge);
  // Who comes in.
  sdk::Outcome TakeProof(const Request& request, std::int64_t now, Person* person);

  bool makes_accounts() const { return settings_.makes_accounts; }

 private:
  std::string VerifierOf(const std::string& state) const;
  std::string NonceOf(const std::string& state) const;
  std::string TicketOf(const std::string& state) const;
  std::string AddressFor(const Metadata& metadata, const std::string& redirect_uri,
                         const std::string& state) const;
  sdk::Outcome Judge(const std::string& id_token, const Request& request, std::int64_t now,
                     Person* person);

  const Settings settings_;
  Provider provider_;
  login_common::Stamps states_{kLifetimeMillis};
  Proofs proofs_;
};

}  // namespace molva::auth_oidc
