#include "ceremony.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "login_common/base64_url.h"
#include "molva/json_text.hpp"

namespace molva::auth_passkey {
namespace {

using login_common::AreSame;
using login_common::EncodeBase64Url;
using login_common::PublicKey;
using login_common::Stamps;

constexpr char kParameters[] =
    R"([{"type":"public-key","alg":-8},{"type":"public-key","alg":-7},{"type":"public-key","alg":-257}])";

sdk::Outcome Denied(const char* why) { return {MOLVA_DENIED, why}; }

std::string HandleOf(std::uint64_t user) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(user >> (8 * i) & 0xff);
  return bytes;
}

std::string Descriptor(std::string_view id) {
  return sdk::JsonObject().Text("type", "public-key").Text("id", EncodeBase64Url(id)).Finish();
}

std::string Descriptors(const std::vector<Passkey>& keys) {
  std::string list;
  for (const Passkey& key : keys) list += (list.empty() ? "" : ",") + Descriptor(key.id);
  return "[" + list + "]";
}

// A counter that stays at zero is of an authenticator that does not count. WebAuthn §6.1.1.
bool HasGoneBack(std::uint32_t kept, std::uint32_t shown) {
  return (kept != 0 || shown != 0) && shown <= kept;
}

}  // namespace

Ceremony::Ceremony(Settings settings)
    : settings_(std::move(settings)),
      relying_party_hash_(login_common::Sha256(settings_.relying_party)),
      challenges_(settings_.challenge_millis) {}

sdk::Outcome Ceremony::MakeChallenge(Kind kind, std::uint64_t user, std::int64_t now,
                                     std::string* challenge) const {
  const auto stamp = challenges_.Make(static_cast<char>(kind), user, now);
  if (!stamp.has_value()) return {MOLVA_UNAVAILABLE, "there is no randomness"};
  *challenge = EncodeBase64Url(*stamp);
  return sdk::Done();
}

sdk::Outcome Ceremony::AskToGet(std::uint64_t user, const std::vector<Passkey>* keys,
                                std::int64_t now, std::string* options) const {
  std::string challenge;
  MOLVA_RETURN_UNLESS_OK(MakeChallenge(Kind::kGet, user, now, &challenge));
  sdk::JsonObject json;
  json.Text("challenge", challenge)
      .Text("rpId", settings_.relying_party)
      .Number("timeout", settings_.challenge_millis)
      .Text("userVerification", settings_.verification);
  if (user != 0) {
    const std::string invented = challenges_.Derive("nobody", HandleOf(user));
    json.Raw("allowCredentials",
             keys == nullptr ? "[" + Descriptor(invented) + "]" : Descriptors(*keys));
  }
  *options = json.Finish();
  return sdk::Done();
}

sdk::Outcome Ceremony::AskToCreate(std::uint64_t user, const Request& request,
                                   const std::vector<Passkey>& keys, std::int64_t now,
                                   std::string* options) const {
  if (keys.size() >= settings_.most_keys) {
    return {MOLVA_POLICY, "the account has as many passkeys as max_keys allows"};
  }
  std::string challenge;
  MOLVA_RETURN_UNLESS_OK(MakeChallenge(Kind::kCreate, user, now, &challenge));
  const std::string party =
      sdk::JsonObject().Text("id", settings_.relying_party).Text("name", settings_.name).Finish();
  const std::string handle = EncodeBase64Url(HandleOf(user));
  const std::string name = request.name.empty() ? "usr" + handle : request.name;
  const std::string person =
      sdk::JsonObject().Text("id", handle).Text("name", name).Text("displayName", name).Finish();
  const std::string selection = sdk::JsonObject()
                                    .Text("residentKey", "preferred")
                                    .Text("userVerification", settings_.verification)
                                    .Finish();
  *options = sdk::JsonObject()
                 .Text("challenge", challenge)
                 .Raw("rp", party)
                 .Raw("user", person)
                 .Raw("pubKeyCredParams", kParameters)
                 .Raw("excludeCredentials", Descriptors(keys))
                 .Raw("authenticatorSelection", selection)
                 .Text("attestation", "none")
                 .Number("timeout", settings_.challenge_millis)
                 .Finish();
  return sdk::Done();
}

std::uint64_t Ceremony::UserOf(const Request& request) const {
  if (request.user != 0) return request.user;
  const auto stamp = challenges_.Read(static_cast<char>(Kind::kGet), request.client_data.challenge);
  return stamp.has_value() ? stamp->subject : 0;
}

sdk::Outcome Ceremony::CheckClientData(Kind kind, std::uint64_t user, const Request& request,
                                       std::int64_t now) const {
  const ClientData& data = request.client_data;
  if (data.type != (kind == Kind::kGet ? "webauthn.get" : "webauthn.create")) {
    return Denied("the browser signed something of another type");
  }
  const auto stamp = challenges_.Read(static_cast<char>(kind), data.challenge);
  if (!stamp.has_value()) return Denied("not a challenge of this node");
  // A login may begin with nobody named; a registration never does.
  const bool is_open = kind == Kind::kGet && stamp->subject == 0;
  if (!is_open && stamp->subject != user) return Denied("the challenge was for another user");
  if (challenges_.IsOver(*stamp, now)) return Denied("the challenge has expired");
  const auto& origins = settings_.origins;
  if (std::find(origins.begin(), origins.end(), data.origin) == origins.end()) {
    return Denied("the page is not in the setting origins");
  }
  if (data.is_cross_origin) return Denied("the page is within one of somebody else");
  return sdk::Done();
}

sdk::Outcome Ceremony::CheckData(const AuthenticatorData& data) const {
  if (!AreSame(data.relying_party_hash, relying_party_hash_)) {
    return Denied("the passkey belongs to another domain than rp_id");
  }
  if (!data.is_present) return Denied("nobody touched the authenticator");
  if (settings_.must_verify() && !data.is_verified) {
    return Denied("the authenticator did not make sure who holds it");
  }
  return sdk::Done();
}

sdk::Outcome Ceremony::Spend(Kind kind, const Request& request, std::int64_t now) {
  const auto stamp = challenges_.Read(static_cast<char>(kind), request.client_data.challenge);
  if (!stamp.has_value()) return Denied("not a challenge of this node");
  switch (challenges_.Spend(*stamp, now)) {
    case Stamps::Spent::kFirst:
      return sdk::Done();
    case Stamps::Spent::kAgain:
      return Denied("the challenge was used before");
    case Stamps::Spent::kTooMany:
      break;
  }
  return {MOLVA_UNAVAILABLE, "too many logins"};
}

sdk::Outcome Ceremony::TakeAssertion(std::uint64_t user, const Request& request, std::int64_t now,
                                     std::vector<Passkey>& keys, bool* has_changed) {
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const Passkey& key) { return key.id == request.id; });
  if (found == keys.end()) return Denied("the account has no such passkey");
  MOLVA_RETURN_UNLESS_OK(CheckClientData(Kind::kGet, user, request, now));
  const auto data = AuthenticatorData::Parse(request.authenticator_data);
  if (!data.has_value()) return Denied("the authenticator's data cannot be read");
  MOLVA_RETURN_UNLESS_OK(CheckData(*data));
  const std::optional<PublicKey> key = ReadCoseKey(found->key);
  const std::string text =
      request.authenticator_data + login_common::Sha256(request.client_data_json);
  if (!key.has_value() || !key->Verify(text, request.signature, login_common::EcForm::kDer)) {
    return Denied("the signature is not that of the passkey");
  }
  MOLVA_RETURN_UNLESS_OK(Spend(Kind::kGet, request, now));
  if (HasGoneBack(found->counter, data->counter)) {
    return {MOLVA_DENIED, std::string(kCounterBack) + " from " + std::to_string(found->counter) +
                              " to " + std::to_string(data->counter)};
  }
  *has_changed = found->counter != data->counter;
  found->counter = data->counter;
  return sdk::Done();
}

sdk::Outcome Ceremony::TakeAttestation(std::uint64_t user, const Request& request, std::int64_t now,
                                       std::vector<Passkey>& keys) {
  MOLVA_RETURN_UNLESS_OK(CheckClientData(Kind::kCreate, user, request, now));
  const std::optional<std::string> bytes = ReadAttestation(request.attestation);
  if (!bytes.has_value()) return {MOLVA_MALFORMED, "not an attestation object of format none"};
  const auto data = AuthenticatorData::Parse(*bytes);
  if (!data.has_value() || !data->credential.has_value()) {
    return {MOLVA_MALFORMED, "the attestation is of no key of ES256, EdDSA or RS256"};
  }
  MOLVA_RETURN_UNLESS_OK(CheckData(*data));
  if (data->credential->id != request.id) {
    return {MOLVA_MALFORMED, "the attestation is of another credential than \"id\""};
  }
  if (keys.size() >= settings_.most_keys) {
    return {MOLVA_POLICY, "the account has as many passkeys as max_keys allows"};
  }
  const bool is_there = std::any_of(keys.begin(), keys.end(),
                                    [&](const Passkey& key) { return key.id == request.id; });
  if (is_there) return {MOLVA_ALREADY_EXISTS, "the account has the passkey"};
  MOLVA_RETURN_UNLESS_OK(Spend(Kind::kCreate, request, now));
  keys.push_back({.id = request.id,
                  .key = data->credential->key,
                  .counter = data->counter,
                  .created_millis = now,
                  .label = request.name});
  return sdk::Done();
}

}  // namespace molva::auth_passkey
