#include "provider.h"

#include <optional>
#include <vector>

#include "login_common/strict_json.h"

namespace molva::auth_oidc {
namespace {

using login_common::StrictJson;

constexpr char kWellKnown[] = "/.well-known/openid-configuration";

sdk::Outcome Away(std::string why) { return {MOLVA_UNAVAILABLE, std::move(why)}; }

// A provider that says which methods of PKCE it knows must know the one that is used.
bool KnowsS256(const StrictJson& document) {
  simdjson::dom::array methods;
  if (document.root().at_key("code_challenge_methods_supported").get(methods) !=
      simdjson::SUCCESS) {
    return true;
  }
  for (const simdjson::dom::element method : methods) {
    std::string_view name;
    if (method.get(name) == simdjson::SUCCESS && name == "S256") return true;
  }
  return false;
}

std::string FormOf(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    form += (form.empty() ? "" : "&") + name + "=" + PercentEncode(value);
  }
  return form;
}

}  // namespace

bool Provider::IsFresh(const Learnt& learnt, std::int64_t now) const {
  return learnt.at != 0 && now >= learnt.at && now - learnt.at < options_.max_age_millis;
}

// A clock that was set back must not make it wait.
bool Provider::MayAsk(const Learnt& learnt, std::int64_t now) {
  return learnt.asked == 0 || now < learnt.asked || now - learnt.asked >= kPatienceMillis;
}

sdk::Outcome Provider::LearnMetadata(std::int64_t now) {
  if (IsFresh(metadata_learnt_, now)) return sdk::Done();
  if (!MayAsk(metadata_learnt_, now)) return Away("the provider did not answer a moment ago");
  metadata_learnt_.asked = now;
  std::string base = options_.issuer;
  if (base.ends_with('/')) base.pop_back();
  HttpAnswer answer;
  MOLVA_RETURN_UNLESS_OK(http_.Get(base + kWellKnown, &answer));
  if (answer.status != 200) {
    return Away("the provider answered " + std::to_string(answer.status) + " for its description");
  }
  const auto document = StrictJson::Parse(answer.body, Http::kMaxAnswerBytes);
  if (!document.has_value()) return Away("the provider's description is no JSON object");
  if (document->Text("issuer") != options_.issuer) {
    return Away("the provider's description is of another issuer than the setting");
  }
  if (!KnowsS256(*document)) return Away("the provider knows no PKCE with S256");
  Metadata learnt{.authorization_endpoint = document->Text("authorization_endpoint").value_or(""),
                  .token_endpoint = document->Text("token_endpoint").value_or(""),
                  .keys_address = document->Text("jwks_uri").value_or("")};
  for (const std::string* address :
       {&learnt.authorization_endpoint, &learnt.token_endpoint, &learnt.keys_address}) {
    if (!http_.IsAllowed(*address)) return Away("an endpoint of the provider is not https");
  }
  metadata_ = std::move(learnt);
  metadata_learnt_ = {.asked = 0, .at = now};
  return sdk::Done();
}

sdk::Outcome Provider::LearnKeys(std::int64_t now) {
  if (!MayAsk(keys_learnt_, now)) return Away("the provider gave no keys a moment ago");
  MOLVA_RETURN_UNLESS_OK(LearnMetadata(now));
  keys_learnt_.asked = now;
  HttpAnswer answer;
  MOLVA_RETURN_UNLESS_OK(http_.Get(metadata_.keys_address, &answer));
  if (answer.status != 200) {
    return Away("the provider answered " + std::to_string(answer.status) + " for its keys");
  }
  std::optional<KeySet> keys = KeySet::Parse(answer.body);
  if (!keys.has_value()) return Away("the provider's keys cannot be read");
  keys_ = std::make_shared<const KeySet>(*std::move(keys));
  keys_learnt_.at = now;  // `asked` stays: unknown keys are asked for slowly
  return sdk::Done();
}

sdk::Outcome Provider::Describe(std::int64_t now, Metadata* metadata) {
  const std::lock_guard lock(mutex_);
  MOLVA_RETURN_UNLESS_OK(LearnMetadata(now));
  *metadata = metadata_;
  return sdk::Done();
}

sdk::Outcome Provider::Redeem(const std::string& code, const std::string& redirect_uri,
                              const std::string& verifier, std::int64_t now,
                              std::string* id_token) {
  Metadata metadata;
  MOLVA_RETURN_UNLESS_OK(Describe(now, &metadata));
  std::vector<std::pair<std::string, std::string>> fields = {{"grant_type", "authorization_code"},
                                                             {"code", code},
                                                             {"redirect_uri", redirect_uri},
                                                             {"code_verifier", verifier}};
  std::string authorization;
  if (options_.client_secret.empty() || options_.posts_secret) {
    fields.emplace_back("client_id", options_.client_id);
  }
  if (!options_.client_secret.empty()) {
    if (options_.posts_secret) {
      fields.emplace_back("client_secret", options_.client_secret);
    } else {  // encoded before they are joined: RFC 6749 §2.3.1
      authorization =
          PercentEncode(options_.client_id) + ":" + PercentEncode(options_.client_secret);
    }
  }
  HttpAnswer answer;
  MOLVA_RETURN_UNLESS_OK(
      http_.Post(metadata.token_endpoint, FormOf(fields), authorization, &answer));
  const auto document = StrictJson::Parse(answer.body, Http::kMaxAnswerBytes);
  if (answer.status != 200) {
    const std::string error = document.has_value() ? document->Text("error").value_or("") : "";
    if (error == "invalid_grant") return {MOLVA_DENIED, "the provider does not take the code"};
    return Away("the provider answered " + std::to_string(answer.status) + " for a code");
  }
  if (!document.has_value() || !document->Text("id_token").has_value()) {
    return Away("the provider gave no ID token for a code");
  }
  *id_token = *document->Text("id_token");
  return sdk::Done();
}

// The keys by which `token` can be judged: those that are known, or newer ones.
sdk::Outcome Provider::KeysFor(const Jwt& token, std::int64_t now,
                               std::shared_ptr<const KeySet>* keys) {
  const std::lock_guard lock(mutex_);
  if (!IsFresh(keys_learnt_, now)) {
    MOLVA_RETURN_UNLESS_OK(LearnKeys(now));
  } else if (!keys_->Knows(token) && MayAsk(keys_learnt_, now)) {
    MOLVA_RETURN_UNLESS_OK(LearnKeys(now));
  }
  *keys = keys_;
  return sdk::Done();
}

sdk::Outcome Provider::CheckSignature(const Jwt& token, std::int64_t now) {
  std::shared_ptr<const KeySet> keys;
  MOLVA_RETURN_UNLESS_OK(KeysFor(token, now, &keys));
  switch (keys->Check(token)) {
    case KeySet::Verdict::kGood:
      return sdk::Done();
    case KeySet::Verdict::kForged:
      return {MOLVA_DENIED, "the token's signature is not the provider's"};
    case KeySet::Verdict::kUnknown:
      break;
  }
  return {MOLVA_DENIED, "the token is signed by a key that the provider does not publish"};
}

}  // namespace molva::auth_oidc
