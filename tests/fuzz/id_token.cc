// Tokens and keys as strangers write them, and what the steps of a login say.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth_oidc/claims.h"
#include "auth_oidc/jwt.h"
#include "auth_oidc/key_set.h"
#include "auth_oidc/request.h"
#include "base/check.h"

namespace molva::auth_oidc {
namespace {

void TakeClaims(const std::string& payload) {
  const Expected expected{.issuer = "https://id.test",
                          .audiences = {"us"},
                          .nonce = "N",
                          .now_millis = 1'700'000'000'000,
                          .leeway_millis = 60'000};
  Person person;
  const sdk::Outcome outcome =
      ReadClaims(payload, expected, {.name_claim = "name", .tags = {{"email", "email"}}}, &person);
  if (!outcome.ok()) return MOLVA_CHECK(outcome.code == MOLVA_DENIED, "an error of another kind");
  MOLVA_CHECK(
      payload.find("https:") != std::string::npos || payload.find('\\') != std::string::npos,
      "an issuer that is not there");
  MOLVA_CHECK(!person.subject.empty() && person.subject.size() <= 255, "about nobody");
  MOLVA_CHECK(person.tags.size() <= 1 && person.name.size() <= 256, "too much");
}

void TakeToken(std::string_view text, std::string_view keys) {
  const std::optional<Jwt> token = Jwt::Parse(text);
  const std::optional<KeySet> set = KeySet::Parse(keys);
  if (set.has_value()) MOLVA_CHECK(set->size() <= KeySet::kMaxKeys, "too many keys");
  if (!token.has_value()) return;
  MOLVA_CHECK(text.starts_with(token->signed_text), "something else is signed");
  TakeClaims(token->payload);
  if (!set.has_value()) return;
  const bool is_known = set->Check(*token) != KeySet::Verdict::kUnknown;
  MOLVA_CHECK(set->Knows(*token) == is_known, "a key is known and is not");
}

void TakeRequest(std::string_view text) {
  Request request;
  const sdk::Outcome outcome = ReadRequest(sdk::Text(text), &request);
  MOLVA_CHECK(outcome.ok() || outcome.code == MOLVA_MALFORMED, "an error of another kind");
}

}  // namespace
}  // namespace molva::auth_oidc

// A token, a line's end, keys; each part may be anything, and the whole claims or a step.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = bytes.find('\n');
  const bool is_split = end != std::string_view::npos;
  molva::auth_oidc::TakeToken(bytes.substr(0, end),
                              is_split ? bytes.substr(end + 1) : std::string_view());
  molva::auth_oidc::TakeClaims(std::string(bytes));
  molva::auth_oidc::TakeRequest(bytes);
  return 0;
}
