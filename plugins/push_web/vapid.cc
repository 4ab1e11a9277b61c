#include "vapid.h"

#include <utility>

#include "base64_url.h"
#include "molva/json_text.hpp"

namespace molva::push_web {
namespace {

constexpr std::int64_t kLifeSeconds = 12 * 3600;  // RFC 8292 §2: at most 24 hours
constexpr std::size_t kMaxOrigins = 256;

}  // namespace

Vapid::Vapid(EcKey key, std::string subject) : key_(std::move(key)), subject_(std::move(subject)) {}

std::string Vapid::public_text() const { return EncodeBase64Url(key_.public_bytes()); }

std::optional<std::string> Vapid::AuthorizationFor(const std::string& origin, std::int64_t now) {
  const auto found = by_origin_.find(origin);
  if (found != by_origin_.end() && now < found->second.renew_at) return found->second.value;
  const std::string claims = sdk::JsonObject()
                                 .Text("aud", origin)
                                 .Number("exp", now + kLifeSeconds)
                                 .Text("sub", subject_)
                                 .Finish();
  const std::string text =
      EncodeBase64Url(R"({"typ":"JWT","alg":"ES256"})") + "." + EncodeBase64Url(claims);
  const std::optional<std::string> signature = key_.Sign(text);
  if (!signature.has_value()) return std::nullopt;
  std::string value =
      "vapid t=" + text + "." + EncodeBase64Url(*signature) + ", k=" + public_text();
  if (by_origin_.size() >= kMaxOrigins) by_origin_.clear();
  by_origin_[origin] = {value, now + kLifeSeconds / 2};
  return value;
}

}  // namespace molva::push_web
