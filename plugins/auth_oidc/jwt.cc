#include "jwt.h"

#include "login_common/base64_url.h"
#include "login_common/strict_json.h"

namespace molva::auth_oidc {

using login_common::Algorithm;
using login_common::DecodeBase64Url;
using login_common::StrictJson;

std::optional<Algorithm> AlgorithmOf(std::string_view name) {
  if (name == "RS256") return Algorithm::kRs256;
  if (name == "ES256") return Algorithm::kEs256;
  if (name == "EdDSA") return Algorithm::kEdDsa;
  return std::nullopt;
}

std::optional<Jwt> Jwt::Parse(std::string_view text) {
  if (text.size() > kMaxBytes) return std::nullopt;
  const std::size_t first = text.find('.');
  const std::size_t second = text.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto header_bytes = DecodeBase64Url(text.substr(0, first));
  auto payload = DecodeBase64Url(text.substr(first + 1, second - first - 1));
  auto signature = DecodeBase64Url(text.substr(second + 1));  // a third dot is no digit
  if (!header_bytes.has_value() || !payload.has_value() || !signature.has_value()) {
    return std::nullopt;
  }
  const std::optional<StrictJson> header = StrictJson::Parse(*header_bytes, kMaxBytes);
  if (!header.has_value() || header->Has("crit") || header->Has("b64")) return std::nullopt;
  const auto algorithm = AlgorithmOf(header->Text("alg").value_or(""));
  if (!algorithm.has_value()) return std::nullopt;
  // Tokens of another kind that the same key signed are no ID tokens.
  const std::string type = header->Text("typ").value_or("JWT");
  if (type != "JWT" && type != "jwt") return std::nullopt;
  return Jwt{.algorithm = *algorithm,
             .key_id = header->Text("kid").value_or(""),
             .signed_text = std::string(text.substr(0, second)),
             .payload = *std::move(payload),
             .signature = *std::move(signature)};
}

}  // namespace molva::auth_oidc
