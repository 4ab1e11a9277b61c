// Registrations and logins with passkeys: what is asked for, and what is taken.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "authenticator_data.h"
#include "login_common/stamps.h"
#include "molva/plugin.hpp"
#include "passkeys.h"
#include "request.h"
#include "settings.h"

namespace molva::auth_passkey {

// Judges one step after the other; what somebody has is given to it, and what he shall have is
// returned. Errors: DENIED, and why; others where they stand.
//
// Thread: any, several at once.
// Source: WebAuthn Level 2, §7.1 (registration) and §7.2 (login), whose order is kept.
class Ceremony {
 public:
  explicit Ceremony(Settings settings);

  // What the browser is to be asked, in JSON (PublicKeyCredentialRequestOptionsJSON). `keys`: those
  // of `user`; nullptr if he has none: then one is made up, the same each time.
  sdk::Outcome AskToGet(std::uint64_t user, const std::vector<Passkey>* keys, std::int64_t now,
                        std::string* options) const;
  // The same to make a passkey (PublicKeyCredentialCreationOptionsJSON). POLICY: he has too many.
  sdk::Outcome AskToCreate(std::uint64_t user, const Request& request,
                           const std::vector<Passkey>& keys, std::int64_t now,
                           std::string* options) const;

  // Who says to have signed: 0 if nobody does.
  std::uint64_t UserOf(const Request& request) const;
  // Whether one of `keys`, which are those of `user`, signed. Counts in that key; `*has_changed`
  // says whether it has. If the counter went back, `why` begins with
  // kCounterBack.
  sdk::Outcome TakeAssertion(std::uint64_t user, const Request& request, std::int64_t now,
                             std::vector<Passkey>& keys, bool* has_changed);
  // Appends the passkey that was made. MALFORMED, POLICY, ALREADY_EXISTS.
  sdk::Outcome TakeAttestation(std::uint64_t user, const Request& request, std::int64_t now,
                               std::vector<Passkey>& keys);

  // How `why` of a counter that went back begins.
  static constexpr char kCounterBack[] = "the signature counter went back";

 private:
  enum class Kind : char { kGet = 'g', kCreate = 'c' };

  sdk::Outcome MakeChallenge(Kind kind, std::uint64_t user, std::int64_t now,
                             std::string* challenge) const;
  // What the browser and the authenticator say beside the signature.
  sdk::Outcome CheckClientData(Kind kind, std::uint64_t user, const Request& request,
                               std::int64_t now) const;
  sdk::Outcome CheckData(const AuthenticatorData& data) const;
  sdk::Outcome Spend(Kind kind, const Request& request, std::int64_t now);

  const Settings settings_;
  const std::string relying_party_hash_;
  login_common::Stamps challenges_;
};

}  // namespace molva::auth_passkey
