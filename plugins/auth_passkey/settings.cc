#include "settings.h"

#include <algorithm>
#include <string_view>

#include "molva/plugin_config.hpp"

namespace molva::auth_passkey {
namespace {

constexpr std::size_t kMostOrigins = 16;

bool IsDomain(const std::string& text) {
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

// The host of "https://host:port"; empty for what is no origin. Source: RFC 6454 §6.2.
std::string_view HostOf(std::string_view origin, std::string_view scheme) {
  if (!origin.starts_with(scheme)) return {};
  origin.remove_prefix(scheme.size());
  const std::size_t colon = origin.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view port = origin.substr(colon + 1);
    const bool is_number =
        !port.empty() && port.size() <= 5 &&
        std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) return {};
  }
  const std::string_view host = origin.substr(0, colon);
  return IsDomain(std::string(host)) ? host : std::string_view();
}

// A page whose browser lets it use the passkeys of `domain`, or an application by its signature.
bool IsOriginOf(const std::string& domain, const std::string& origin) {
  if (origin.starts_with("android:apk-key-hash:")) return true;
  std::string_view host = HostOf(origin, "https://");
  if (host.empty()) {  // browsers trust this machine without TLS
    host = HostOf(origin, "http://");
    if (host != "localhost" && !host.ends_with(".localhost")) return false;
  }
  return host == domain || host.ends_with("." + domain);
}

std::string FaultOf(const Settings& settings) {
  if (!IsDomain(settings.relying_party)) {
    return "\"rp_id\" must be a domain in lower case, as chat.example, without a scheme";
  }
  if (settings.origins.empty() || settings.origins.size() > kMostOrigins ||
      !std::all_of(settings.origins.begin(), settings.origins.end(), [&](const auto& origin) {
        return IsOriginOf(settings.relying_party, origin);
      })) {
    return "\"origins\" must be 1 to 16 origins on the domain \"rp_id\" or below it, as "
           "https://chat.example; http for localhost alone";
  }
  const std::string& word = settings.verification;
  if (word != "required" && word != "preferred" && word != "discouraged") {
    return "\"user_verification\" must be required, preferred or discouraged";
  }
  return {};
}

}  // namespace

std::string ReadSettings(molva_text json, Settings* settings) {
  sdk::Config config(json);
  settings->relying_party = config.Text("rp_id", "");
  settings->name = config.Text("rp_name", "Molva");
  settings->origins = config.Texts("origins");
  settings->verification = config.Text("user_verification", "preferred");
  settings->most_keys = static_cast<std::size_t>(config.Integer("max_keys", 8, 1, 16));
  settings->challenge_millis = 1000 * config.Integer("challenge_seconds", 300, 10, 3600);
  const std::string error = config.Finish();
  return error.empty() ? FaultOf(*settings) : error;
}

}  // namespace molva::auth_passkey
