#include "key_set.h"

#include <utility>

#include "login_common/base64_url.h"
#include "login_common/strict_json.h"

namespace molva::auth_oidc {
namespace {

namespace dom = simdjson::dom;
using login_common::EcForm;
using login_common::PublicKey;

std::string_view MemberOf(dom::object key, std::string_view name) {
  std::string_view text;
  return key.at_key(name).get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::string BytesIn(dom::object key, std::string_view name) {
  return login_common::DecodeBase64Url(MemberOf(key, name)).value_or("");
}

std::optional<PublicKey> ReadKind(dom::object key) {
  const std::string_view kind = MemberOf(key, "kty");
  const std::string_view curve = MemberOf(key, "crv");
  if (kind == "RSA") return PublicKey::Rsa(BytesIn(key, "n"), BytesIn(key, "e"));
  if (kind == "EC" && curve == "P-256") {
    return PublicKey::P256(BytesIn(key, "x"), BytesIn(key, "y"));
  }
  if (kind == "OKP" && curve == "Ed25519") return PublicKey::Ed25519(BytesIn(key, "x"));
  return std::nullopt;
}

bool IsForSigning(dom::object key) {
  const std::string_view use = MemberOf(key, "use");
  return use.empty() || use == "sig";
}

}  // namespace

std::optional<KeySet> KeySet::Parse(std::string_view json) {
  const auto document = login_common::StrictJson::Parse(json, kMaxBytes);
  dom::array items;
  if (!document.has_value() || document->root().at_key("keys").get(items) != simdjson::SUCCESS ||
      items.size() > kMaxKeys) {
    return std::nullopt;
  }
  KeySet set;
  for (const dom::element item : items) {
    dom::object object;
    if (item.get(object) != simdjson::SUCCESS) return std::nullopt;
    std::optional<PublicKey> key = IsForSigning(object) ? ReadKind(object) : std::nullopt;
    if (!key.has_value()) continue;
    const std::string_view name = MemberOf(object, "alg");
    if (!name.empty() && AlgorithmOf(name) != key->algorithm()) continue;
    set.keys_.push_back({std::string(MemberOf(object, "kid")), *std::move(key)});
  }
  return set;
}

std::vector<const PublicKey*> KeySet::Fitting(const Jwt& token) const {
  std::vector<const PublicKey*> fitting;
  for (const Named& named : keys_) {
    const bool is_named = token.key_id.empty() || named.id == token.key_id;
    if (is_named && named.key.algorithm() == token.algorithm) fitting.push_back(&named.key);
  }
  return fitting;
}

KeySet::Verdict KeySet::Check(const Jwt& token) const {
  const std::vector<const PublicKey*> fitting = Fitting(token);
  if (fitting.empty()) return Verdict::kUnknown;
  if (fitting.size() > 1) return Verdict::kForged;  // nobody says which one
  return fitting[0]->Verify(token.signed_text, token.signature, EcForm::kRaw) ? Verdict::kGood
                                                                              : Verdict::kForged;
}

}  // namespace molva::auth_oidc
