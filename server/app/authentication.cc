#include "app/authentication.h"

#include <fmt/core.h>

#include <memory>
#include <optional>
#include <utility>

#include "app/plugin_folder.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "plugin/auth_adapter.h"
#include "plugin/library.h"

namespace molva::app {
namespace {

constexpr std::size_t kTokenKeyBytes = 32;

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
                         auth::SchemeRegistry& registry) {
  MOLVA_ASSIGN_OR_RETURN(const std::string token_key, TokenKey(config, data));
  const std::string folder = PluginFolder(config);
  for (const std::string& scheme : config.List("auth.schemes")) {
    const std::string path = plugin::LocatePlugin(folder, MOLVA_KIND_AUTH, scheme);
    MOLVA_ASSIGN_OR_RETURN(const plugin::Library library,
                           plugin::Library::Load(path, MOLVA_KIND_AUTH));
    MOLVA_ASSIGN_OR_RETURN(
        std::unique_ptr<plugin::AuthPlugin> plugin,
        plugin::AuthPlugin::Open(library, AuthConfigJson(config, scheme, token_key)));
    MOLVA_RETURN_IF_ERROR(registry.Add(std::move(plugin)));
  }
  return absl::OkStatus();
}

}  // namespace molva::app
