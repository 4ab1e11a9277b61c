// Finds, loads and checks the shared libraries of plugins.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "molva/auth_plugin.h"
#include "molva/plugin.h"
#include "molva/store_plugin.h"

namespace molva::plugin {

// A loaded plugin whose table has passed all checks. A plain value; the library itself stays in
// the process until it ends, so the table never dangles.
//
// Thread: any may read; load before threads start.
class Library {
 public:
  // Loads `path` and checks, before any other call: the entry point, magic, major version, kind,
  // the length of the function table, that its functions are set.
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
  // For the adapter of the kind, which alone knows the type.
  const molva_store_api& store_api() const {
    return *static_cast<const molva_store_api*>(table_->api);
  }
  const molva_auth_api& auth_api() const {
    return *static_cast<const molva_auth_api*>(table_->api);
  }

 private:
  Library(std::string path, const molva_plugin* table) : path_(std::move(path)), table_(table) {}

  std::string path_;
  const molva_plugin* table_;
};

// "store", "auth".
std::string_view KindName(molva_kind kind);

// The file of a plugin that the configuration names: `name` itself if it has a slash, otherwise
// <folder>/<kind>_<name>.so; the name may be written with or without its kind.
std::string LocatePlugin(std::string_view folder, molva_kind kind, std::string_view name);

// One file of a plugin folder: what it is, or why it cannot be used.
struct PluginListing {
  std::string path;
  absl::StatusOr<Library> library;
};

// Every .so of `folder`, by name. A folder that cannot be read is empty.
std::vector<PluginListing> ListPlugins(const std::string& folder);

}  // namespace molva::plugin
