#include "app/plugin_folder.h"

#include <fmt/core.h>

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "config/json_text.h"

namespace molva::app {
namespace {

// `members` as the text between braces, then the members of the object `more`.
std::string WithMembers(std::string members, std::string_view more) {
  const std::string_view inner = more.substr(1, more.size() - 2);
  if (!members.empty() && !inner.empty()) members += ',';
  return fmt::format("{{{}{}}}", members, inner);
}

std::string Section(const config::Config& config, std::string_view kind, std::string_view name) {
  return config.PluginJson(fmt::format("{}_{}", kind, name));
}

}  // namespace

std::string PluginFolder(const config::Config& config) {
  if (const std::string& named = config.Text("node.plugins"); !named.empty()) return named;
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    // Installed somewhere, or in a build tree.
    for (const char* folder : {MOLVA_PLUGIN_SUBFOLDER, "plugins"}) {
      const auto beside = program.parent_path().parent_path() / folder;
      if (std::filesystem::is_directory(beside, error)) return beside.string();
    }
  }
  return MOLVA_PLUGIN_FOLDER;
}

std::string StoreConfigJson(const config::Config& config, const std::string& data) {
  const std::string& name = config.Text("store.plugin");
  std::string members;
  if (name == "sqlite") {
    const std::string& path = config.Text("store.sqlite.path");
    members =
        fmt::format("\"path\":{}", config::QuoteJson(path.empty() ? data + "/molva.db" : path));
  }
  return WithMembers(std::move(members), Section(config, "store", name));
}

std::string AuthConfigJson(const config::Config& config, std::string_view scheme,
                           std::string_view key) {
  std::string members;
  if (scheme == "basic") {
    members = fmt::format(
        "\"min_login_length\":{},\"min_password_length\":{},"
        "\"hash_passes\":{},\"hash_memory_kib\":{}",
        config.Integer("auth.basic.min_login_length"),
        config.Integer("auth.basic.min_password_length"), config.Integer("auth.basic.hash_passes"),
        config.Bytes("auth.basic.hash_memory") / 1024);
  } else if (scheme == "token") {
    members = fmt::format("\"key\":{},\"former_key\":{},\"lifetime_seconds\":{},\"serial\":{}",
                          config::QuoteJson(base::EncodeBase64(key)),
                          config::QuoteJson(config.Text("auth.token.former_key")),
                          absl::ToInt64Seconds(config.Duration("auth.token.lifetime")),
                          config.Integer("auth.token.serial"));
  } else if (scheme == "totp") {
    members = fmt::format("\"key\":{}", config::QuoteJson(base::EncodeBase64(key)));
  }
  return WithMembers(std::move(members), Section(config, "auth", scheme));
}

std::string ValidatorConfigJson(const config::Config& config, std::string_view method) {
  return Section(config, "validator", method);
}

std::string MediaConfigJson(const config::Config& config, const DataDirectory& data) {
  const std::string& name = config.Text("media.plugin");
  std::string members;
  if (name == "fs") {
    const std::string& folder = config.Text("media.fs.folder");
    members = fmt::format("\"folder\":{}",
                          config::QuoteJson(folder.empty() ? data.PathOf("files") : folder));
  }
  return WithMembers(std::move(members), Section(config, "media", name));
}

std::string ModerationConfigJson(const config::Config& config, std::string_view name) {
  return Section(config, "moderation", name);
}

std::string DiscoveryConfigJson(const config::Config& config, std::string_view name) {
  return Section(config, "discovery", name);
}

std::string PushConfigJson(const config::Config& config, std::string_view name) {
  return Section(config, "push", name);
}

}  // namespace molva::app
