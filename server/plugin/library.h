// Finds, loads and checks the shared libraries of plugins.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "molva/auth_plugin.h"
#include "molva/discovery_plugin.h"
#include "molva/media_plugin.h"
#include "molva/moderation_plugin.h"
#include "molva/plugin.h"
#include "molva/push_plugin.h"
#include "molva/store_plugin.h"
#include "molva/validator_plugin.h"
#include "plugin/declared_setting.h"

namespace molva::plugin {

// A loaded plugin whose table has passed all checks. A plain value; the library itself stays in
// the process until it ends, so the table never dangles.
//
// Thread: any may read; load before threads start.
class Library {
 public:
  // Loads `path` and checks, before any other call: the entry point, magic, major version, kind,
  // the length of the function table, that its functions are set, that its settings are well
  // declared.
  // Errors: kNotFound for no such file, kFailedPrecondition for everything else; the message says
  //         which file and what is wrong with it.
  static absl::StatusOr<Library> Load(const std::string& path, molva_kind kind);
  // The same for any kind.
  static absl::StatusOr<Library> Load(const std::string& path);

  const std::string& path() const { return path_; }
  molva_kind kind() const { return table_->kind; }
  std::string_view name() const { return table_->name; }
  std::string_view version() const { return table_->version; }
  // Of the contract it was built for; the major version is the server's.
  std::uint32_t abi_minor() const { return table_->abi_minor; }
  std::string AbiText() const;  // "1.0"
  // "auth_basic": how figures call it.
  std::string Label() const;
  // What its section of the configuration may hold; nullopt if it does not say.
  const std::optional<DeclaredSettings>& settings() const { return settings_; }
  std::string_view licence() const;  // empty if it does not say
  // For the adapter of the kind, which alone knows the type.
  const molva_store_api& store_api() const {
    return *static_cast<const molva_store_api*>(table_->api);
  }
  const molva_auth_api& auth_api() const {
    return *static_cast<const molva_auth_api*>(table_->api);
  }
  const molva_validator_api& validator_api() const {
    return *static_cast<const molva_validator_api*>(table_->api);
  }
  const molva_push_api& push_api() const {
    return *static_cast<const molva_push_api*>(table_->api);
  }
  const molva_media_api& media_api() const {
    return *static_cast<const molva_media_api*>(table_->api);
  }
  const molva_moderation_api& moderation_api() const {
    return *static_cast<const molva_moderation_api*>(table_->api);
  }
  const molva_discovery_api& discovery_api() const {
    return *static_cast<const molva_discovery_api*>(table_->api);
  }

 private:
  Library(std::string path, const molva_plugin* table, std::optional<DeclaredSettings> settings)
      : path_(std::move(path)), table_(table), settings_(std::move(settings)) {}

  std::string path_;
  const molva_plugin* table_;
  std::optional<DeclaredSettings> settings_;
};

// "store", "auth", "validator", "push", "media", "moderation", "discovery".
std::string_view KindName(molva_kind kind);

// The file of a plugin that the configuration names: `name` itself if it has a slash, otherwise
// <folder>/<kind>_<name>.so; the name may be written with or without its kind.
std::string LocatePlugin(std::string_view folder, molva_kind kind, std::string_view name);

// The path of every .so of `folder`, by name. A folder that cannot be read is empty.
std::vector<std::string> PluginFiles(const std::string& folder);

}  // namespace molva::plugin
