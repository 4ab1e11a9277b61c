#include "login.h"

#include <algorithm>
#include <utility>

#include "login_common/base64_url.h"
#include "molva/json_text.hpp"

namespace molva::auth_oidc {
namespace {

using login_common::EncodeBase64Url;
using login_common::Stamps;
using Step = Request::Step;

constexpr char kForCode = 'c';
constexpr char kForToken = 't';
constexpr std::size_t kShownOfState = 22;

// Of a record: nobody else's, whatever the provider calls people.
std::string RecordNameOf(const std::string& issuer, const std::string& subject) {
  return EncodeBase64Url(login_common::Sha256(issuer + '\0' + subject));
}

}  // namespace

Login::Login(Settings settings)
    : settings_(std::move(settings)), provider_(settings_.provider, settings_.http) {}

std::string Login::VerifierOf(const std::string& state) const {
  return EncodeBase64Url(states_.Derive("verifier", state));
}
std::string Login::NonceOf(const std::string& state) const {
  return EncodeBase64Url(states_.Derive("nonce", state));
}
std::string Login::TicketOf(const std::string& state) const {
  return EncodeBase64Url(states_.Derive("ticket", state));
}

sdk::Outcome Login::NameOf(const Request& request, std::string* unique) const {
  switch (request.step) {
    case Step::kBegin:
    case Step::kWantNonce:
      *unique = "?";
      return sdk::Done();
    case Step::kCode:
    case Step::kIdToken:  // failures are counted against this login alone
      *unique = "?" + request.state.substr(0, kShownOfState);
      return sdk::Done();
    case Step::kProof:
      break;
  }
  const std::optional<std::string> name = proofs_.UniqueOf(request.answer);
  if (!name.has_value()) return {MOLVA_DENIED, "not a proof of this node"};
  *unique = *name;
  return sdk::Done();
}

std::string Login::AddressFor(const Metadata& metadata, const std::string& redirect_uri,
                              const std::string& state) const {
  const std::string& endpoint = metadata.authorization_endpoint;
  std::string address = endpoint + (endpoint.find('?') == std::string::npos ? "?" : "&") +
                        "response_type=code&code_challenge_method=S256";
  const std::pair<const char*, std::string> fields[] = {
      {"client_id", provider_.client_id()},
      {"redirect_uri", redirect_uri},
      {"scope", settings_.scopes},
      {"state", state},
      {"nonce", NonceOf(state)},
      {"code_challenge", EncodeBase64Url(login_common::Sha256(VerifierOf(state)))},
  };
  for (const auto& [name, value] : fields) {
    address += std::string("&") + name + "=" + PercentEncode(value);
  }
  return address;
}

sdk::Outcome Login::Begin(const Request& request, std::int64_t now, std::string* challenge) {
  const bool is_code = request.step == Step::kBegin;
  const auto& addresses = settings_.redirect_uris;
  const auto found = std::find(addresses.begin(), addresses.end(), request.redirect_uri);
  if (is_code && found == addresses.end()) {
    return {MOLVA_POLICY, "the redirect_uri is not in the setting redirect_uris"};
  }
  if (!is_code && settings_.native_clients.empty()) {
    return {MOLVA_UNSUPPORTED, "ID tokens are taken only with the setting native_clients"};
  }
  Metadata metadata;
  if (is_code) MOLVA_RETURN_UNLESS_OK(provider_.Describe(now, &metadata));
  const auto index = is_code ? static_cast<std::uint64_t>(found - addresses.begin()) : 0;
  const auto stamp = states_.Make(is_code ? kForCode : kForToken, index, now);
  if (!stamp.has_value()) return {MOLVA_UNAVAILABLE, "there is no randomness"};
  const std::string state = EncodeBase64Url(*stamp);
  sdk::JsonObject json;
  if (is_code) {
    json.Text("url", AddressFor(metadata, request.redirect_uri, state));
  } else {
    json.Text("nonce", NonceOf(state));
  }
  *challenge = json.Text("state", state).Text("ticket", TicketOf(state)).Finish();
  return sdk::Done();
}

sdk::Outcome Login::Judge(const std::string& id_token, const Request& request, std::int64_t now,
                          Person* person) {
  const std::optional<Jwt> token = Jwt::Parse(id_token);
  if (!token.has_value()) {
    return {MOLVA_DENIED, "not an ID token, or not signed by RS256, ES256 or EdDSA"};
  }
  MOLVA_RETURN_UNLESS_OK(provider_.CheckSignature(*token, now));
  Expected expected{.issuer = provider_.issuer(),
                    .audiences = {provider_.client_id()},
                    .nonce = NonceOf(request.state),
                    .now_millis = now,
                    .leeway_millis = settings_.leeway_millis};
  if (request.step == Step::kIdToken) expected.audiences = settings_.native_clients;
  return ReadClaims(token->payload, expected, settings_.wanted, person);
}

sdk::Outcome Login::TakeAnswer(const Request& request, std::int64_t now, std::string* challenge) {
  const bool is_code = request.step == Step::kCode;
  const auto bytes = login_common::DecodeBase64Url(request.state);
  const auto stamp =
      states_.Read(is_code ? kForCode : kForToken, bytes.has_value() ? *bytes : std::string());
  if (!stamp.has_value()) return {MOLVA_DENIED, "not a state of this node"};
  if (!login_common::AreSame(TicketOf(request.state), request.ticket)) {
    return {MOLVA_DENIED, "the ticket is not that of the state"};
  }
  if (states_.IsOver(*stamp, now)) return {MOLVA_DENIED, "the state has expired"};
  // Before the provider is asked: whoever repeats it makes nobody work.
  switch (states_.Spend(*stamp, now)) {
    case Stamps::Spent::kFirst:
      break;
    case Stamps::Spent::kAgain:
      return {MOLVA_DENIED, "the state was used before"};
    case Stamps::Spent::kTooMany:
      return {MOLVA_UNAVAILABLE, "too many logins"};
  }
  std::string id_token = request.answer;
  if (is_code) {
    MOLVA_RETURN_UNLESS_OK(provider_.Redeem(request.answer, settings_.redirect_uris[stamp->subject],
                                            VerifierOf(request.state), now, &id_token));
  }
  Person person;
  MOLVA_RETURN_UNLESS_OK(Judge(id_token, request, now, &person));
  const auto proof = proofs_.Make(RecordNameOf(provider_.issuer(), person.subject), person, now);
  if (!proof.has_value()) return {MOLVA_UNAVAILABLE, "too many logins"};
  *challenge = sdk::JsonObject().Text("proof", *proof).Finish();
  return sdk::Done();
}

sdk::Outcome Login::TakeProof(const Request& request, std::int64_t now, Person* person) {
  std::optional<Person> found = proofs_.Take(request.answer, now);
  if (!found.has_value()) return {MOLVA_DENIED, "the proof is over, or was used before"};
  *person = *std::move(found);
  return sdk::Done();
}

}  // namespace molva::auth_oidc
