#include "app/authentication.h"

#include <fmt/core.h>

#include <memory>
#include <optional>
#include <utility>

#include "app/open_plugin.h"
#include "app/plugin_folder.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "plugin/auth_adapter.h"

namespace molva::app {
namespace {

constexpr std::size_t kTokenKeyBytes = 32;
constexpr std::size_t kTotpKeyBytes = 32;

// What `scheme` signs and seals with; empty for those that need no key.
absl::StatusOr<std::string> KeyOf(const config::Config& config, const DataDirectory& data,
                                  std::string_view scheme) {
  if (scheme == "token") return TokenKey(config, data);
  if (scheme != "totp") return std::string();
  base::SystemRandom random;
  return data.LoadOrMakeKey("totp", kTotpKeyBytes, random);
}

}  // namespace

absl::StatusOr<std::string> TokenKey(const config::Config& config, const DataDirectory& data) {
  const std::string& text = config.Text("auth.token.key");
  if (text.empty()) {
    base::SystemRandom random;
    return data.LoadOrMakeKey("token", kTokenKeyBytes, random);
  }
  std::optional<std::string> key = base::DecodeBase64(text);
  if (!key.has_value() || key->size() < kTokenKeyBytes) {
    return absl::InvalidArgumentError(
        fmt::format("auth.token.key must be base64 of at least {} bytes", kTokenKeyBytes));
  }
  return std::string(key->data(), key->size());  // g++ 12 warns falsely of moving it out
}

absl::Status OpenSchemes(const config::Config& config, const DataDirectory& data,
                         PluginBoard& board, auth::SchemeRegistry& registry) {
  for (const std::string& scheme : config.List("auth.schemes")) {
    MOLVA_ASSIGN_OR_RETURN(const std::string key, KeyOf(config, data, scheme));
    MOLVA_ASSIGN_OR_RETURN(std::unique_ptr<plugin::AuthPlugin> plugin,
                           OpenPlugin<plugin::AuthPlugin>(config, board, MOLVA_KIND_AUTH, scheme,
                                                          AuthConfigJson(config, scheme, key)));
    MOLVA_RETURN_IF_ERROR(registry.Add(std::move(plugin)));
  }
  if (config.Bool("auth.totp.required")) MOLVA_RETURN_IF_ERROR(registry.RequireSecond());
  return absl::OkStatus();
}

}  // namespace molva::app
