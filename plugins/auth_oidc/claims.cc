#include "claims.h"

#include <algorithm>
#include <optional>

#include "jwt.h"
#include "login_common/stamps.h"
#include "login_common/strict_json.h"

namespace molva::auth_oidc {
namespace {

namespace dom = simdjson::dom;
using login_common::StrictJson;

constexpr std::size_t kMostAudiences = 16;
constexpr std::size_t kMaxSubjectBytes = 255;
constexpr std::size_t kMaxNameBytes = 256;
constexpr std::size_t kMaxTagBytes = 96;

sdk::Outcome Refused(const char* why) { return {MOLVA_DENIED, why}; }

// Empty if it is neither a text nor a list of texts, or too long a list.
std::vector<std::string> AudiencesOf(const StrictJson& claims) {
  if (const auto one = claims.Text("aud"); one.has_value()) return {*one};
  dom::array items;
  if (claims.root().at_key("aud").get(items) != simdjson::SUCCESS ||
      items.size() > kMostAudiences) {
    return {};
  }
  std::vector<std::string> audiences;
  for (const dom::element item : items) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) return {};
    audiences.emplace_back(text);
  }
  return audiences;
}

bool Contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

sdk::Outcome CheckAudience(const StrictJson& claims, const Expected& expected) {
  const std::vector<std::string> audiences = AudiencesOf(claims);
  const auto is_ours = [&](const std::string& one) { return Contains(expected.audiences, one); };
  if (std::none_of(audiences.begin(), audiences.end(), is_ours)) {
    return Refused("the token is for somebody else (aud)");
  }
  if (!claims.Has("azp")) {
    return audiences.size() == 1 ? sdk::Done() : Refused("a token for several needs azp");
  }
  const std::optional<std::string> party = claims.Text("azp");
  if (!party.has_value() || !is_ours(*party)) return Refused("another client got the token (azp)");
  return sdk::Done();
}

sdk::Outcome CheckTimes(const StrictJson& claims, const Expected& expected) {
  const double now = static_cast<double>(expected.now_millis) / 1000;
  const double leeway = static_cast<double>(expected.leeway_millis) / 1000;
  const std::optional<double> expires = claims.Number("exp");
  const std::optional<double> issued = claims.Number("iat");
  if (!expires.has_value() || !issued.has_value()) return Refused("the token lacks exp or iat");
  if (*expires + leeway <= now) return Refused("the token has expired (exp)");
  if (*issued - leeway > now) return Refused("the token is from the future (iat)");
  if (!claims.Has("nbf")) return sdk::Done();
  const std::optional<double> begins = claims.Number("nbf");
  if (!begins.has_value() || *begins - leeway > now) return Refused("the token is early (nbf)");
  return sdk::Done();
}

sdk::Outcome CheckOrigin(const StrictJson& claims, const Expected& expected) {
  if (claims.Text("iss").value_or("") != expected.issuer) {
    return Refused("the token is of another issuer (iss)");
  }
  // An empty nonce would fit a token that has none.
  if (expected.nonce.empty() ||
      !login_common::AreSame(claims.Text("nonce").value_or(""), expected.nonce)) {
    return Refused("the token answers another question (nonce)");
  }
  return sdk::Done();
}

bool IsVerified(const StrictJson& claims, const std::string& claim) {
  if (claim == "email") return claims.IsTrue("email_verified");
  return claim != "phone_number" || claims.IsTrue("phone_number_verified");
}

void Describe(const StrictJson& claims, const Wanted& wanted, Person* person) {
  person->name = claims.Text(wanted.name_claim).value_or("");
  if (person->name.size() > kMaxNameBytes) person->name.clear();
  for (const auto& [space, claim] : wanted.tags) {
    const std::string value = claims.Text(claim).value_or("");
    const bool fits = !value.empty() && space.size() + 1 + value.size() <= kMaxTagBytes;
    if (fits && IsVerified(claims, claim)) person->tags.push_back(space + ":" + value);
  }
}

}  // namespace

sdk::Outcome ReadClaims(const std::string& payload, const Expected& expected, const Wanted& wanted,
                        Person* person) {
  const std::optional<StrictJson> claims = StrictJson::Parse(payload, Jwt::kMaxBytes);
  if (!claims.has_value()) return Refused("the token's claims are no JSON object, each once");
  MOLVA_RETURN_UNLESS_OK(CheckOrigin(*claims, expected));
  MOLVA_RETURN_UNLESS_OK(CheckAudience(*claims, expected));
  MOLVA_RETURN_UNLESS_OK(CheckTimes(*claims, expected));
  person->subject = claims->Text("sub").value_or("");
  if (person->subject.empty() || person->subject.size() > kMaxSubjectBytes) {
    return Refused("the token is about nobody (sub)");
  }
  Describe(*claims, wanted, person);
  return sdk::Done();
}

}  // namespace molva::auth_oidc
