#include "plugin/library.h"

#include <dlfcn.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/strings.h"

namespace molva::plugin {
namespace {

using Entry = const molva_plugin* (*)();

absl::Status Refuse(const std::string& path, std::string_view why) {
  return absl::FailedPreconditionError(fmt::format("plugin {}: {}", path, why));
}

// What every host can read, whatever the version: see molva_plugin.
constexpr std::size_t kFrozenBytes = offsetof(molva_plugin, kind);
// What version 1.0 had.
constexpr std::size_t kFirstVersionBytes = offsetof(molva_plugin, settings);

bool HasAllFunctions(const molva_store_api& api) {
  return api.open != nullptr && api.close != nullptr && api.submit != nullptr &&
         api.query != nullptr;
}

bool HasAllFunctions(const molva_auth_api& api) {
  const bool issues = (api.traits & MOLVA_AUTH_ISSUES) != 0;
  return api.open != nullptr && api.close != nullptr && api.parse != nullptr &&
         api.make != nullptr && api.verify != nullptr && api.tags != nullptr &&
         (!issues || api.issue != nullptr);
}

bool HasAllFunctions(const molva_validator_api& api) {
  return api.open != nullptr && api.close != nullptr && api.normalise != nullptr &&
         api.send != nullptr;
}

bool HasAllFunctions(const molva_push_api& api) {
  return api.open != nullptr && api.close != nullptr && api.push != nullptr &&
         api.stop != nullptr && api.web_key != nullptr;
}

bool HasAllFunctions(const molva_media_api& api) {
  return api.open != nullptr && api.close != nullptr && api.create_file != nullptr &&
         api.write != nullptr && api.finish != nullptr && api.release_writer != nullptr &&
         api.open_file != nullptr && api.read_at != nullptr && api.release_reader != nullptr &&
         api.remove_file != nullptr;
}

bool HasAllFunctions(const molva_moderation_api& api) {
  return api.open != nullptr && api.close != nullptr && api.judge != nullptr && api.wants != 0;
}

bool HasAllFunctions(const molva_discovery_api& api) {
  return api.open != nullptr && api.close != nullptr && api.find != nullptr &&
         api.announce != nullptr;
}

// What version 1.0 had; what was appended since may be missing.
template <typename Api>
constexpr std::size_t kShortest = sizeof(Api);
template <>
constexpr std::size_t kShortest<molva_store_api> = offsetof(molva_store_api, begin_export);
template <>
constexpr std::size_t kShortest<molva_auth_api> = offsetof(molva_auth_api, is_stale);

// The shape of the function table; "" if it is sound.
template <typename Api>
std::string_view FaultOfApi(const molva_plugin& table) {
  const auto& api = *static_cast<const Api*>(table.api);
  if (api.struct_size < kShortest<Api>) return "its function table is too short";
  if (!HasAllFunctions(api)) return "a function of its table is missing";
  return {};
}

std::string FaultOfTable(const molva_plugin* table) {
  if (table == nullptr) return "its entry returned no table";
  if (table->magic != MOLVA_PLUGIN_MAGIC) {
    return fmt::format("its table has the magic {:#x}, not {:#x}", table->magic,
                       MOLVA_PLUGIN_MAGIC);
  }
  if (table->struct_size < kFrozenBytes) return "its table is too short";
  if (table->abi_major != MOLVA_ABI_MAJOR) {
    return fmt::format("it was built for ABI {}.{}, this server has {}.{}", table->abi_major,
                       table->abi_minor, MOLVA_ABI_MAJOR, MOLVA_ABI_MINOR);
  }
  if (table->struct_size < kFirstVersionBytes) return "its table is too short";
  if (table->name == nullptr || table->version == nullptr) return "it has no name or version";
  if (table->api == nullptr) return "it has no function table";
  switch (table->kind) {
    case MOLVA_KIND_STORE:
      return std::string(FaultOfApi<molva_store_api>(*table));
    case MOLVA_KIND_AUTH:
      return std::string(FaultOfApi<molva_auth_api>(*table));
    case MOLVA_KIND_VALIDATOR:
      return std::string(FaultOfApi<molva_validator_api>(*table));
    case MOLVA_KIND_PUSH:
      return std::string(FaultOfApi<molva_push_api>(*table));
    case MOLVA_KIND_MEDIA:
      return std::string(FaultOfApi<molva_media_api>(*table));
    case MOLVA_KIND_MODERATION:
      return std::string(FaultOfApi<molva_moderation_api>(*table));
    case MOLVA_KIND_DISCOVERY:
      return std::string(FaultOfApi<molva_discovery_api>(*table));
    default:
      return fmt::format("its kind {} is unknown", table->kind);
  }
}

}  // namespace

std::string_view KindName(molva_kind kind) {
  switch (kind) {
    case MOLVA_KIND_STORE:
      return "store";
    case MOLVA_KIND_AUTH:
      return "auth";
    case MOLVA_KIND_VALIDATOR:
      return "validator";
    case MOLVA_KIND_PUSH:
      return "push";
    case MOLVA_KIND_MEDIA:
      return "media";
    case MOLVA_KIND_MODERATION:
      return "moderation";
    case MOLVA_KIND_DISCOVERY:
      return "discovery";
    default:
      return "unknown";
  }
}

std::string Library::Label() const { return fmt::format("{}_{}", KindName(kind()), name()); }

std::string_view Library::licence() const {
  return MOLVA_HAS(table_, licence) && table_->licence != nullptr ? table_->licence : "";
}

std::string Library::AbiText() const {
  return fmt::format("{}.{}", table_->abi_major, table_->abi_minor);
}

absl::StatusOr<Library> Library::Load(const std::string& path) {
  std::error_code ignored;  // a file that cannot be examined is reported as missing
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return absl::NotFoundError(fmt::format("plugin {}: no such file", path));
  }
  // Without a slash dlopen would search the system's folders.
  const std::string absolute = std::filesystem::absolute(path).string();
  // Never closed: code of a plugin may be on some stack, and leak reports need its symbols.
  void* handle = ::dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = ::dlerror();
    return Refuse(path, why == nullptr ? "cannot be loaded" : why);
  }
  void* symbol = ::dlsym(handle, MOLVA_PLUGIN_ENTRY);
  if (symbol == nullptr) {
    return Refuse(path, fmt::format("it does not export {}", MOLVA_PLUGIN_ENTRY));
  }
  Entry entry = nullptr;
  static_assert(sizeof entry == sizeof symbol);
  std::memcpy(static_cast<void*>(&entry), static_cast<const void*>(&symbol), sizeof entry);
  const molva_plugin* table = entry();
  const std::string fault = FaultOfTable(table);
  if (!fault.empty()) return Refuse(path, fault);
  absl::StatusOr<std::optional<DeclaredSettings>> settings = ReadDeclared(*table);
  if (!settings.ok()) return Refuse(path, base::ToStd(settings.status().message()));
  return Library(path, table, *std::move(settings));
}

absl::StatusOr<Library> Library::Load(const std::string& path, molva_kind kind) {
  absl::StatusOr<Library> library = Load(path);
  if (library.ok() && library->kind() != kind) {
    return Refuse(path, fmt::format("its kind is {}, wanted is {}", KindName(library->kind()),
                                    KindName(kind)));
  }
  return library;
}

std::string LocatePlugin(std::string_view folder, molva_kind kind, std::string_view name) {
  if (name.find('/') != std::string_view::npos) return std::string(name);
  const std::string prefix = fmt::format("{}_", KindName(kind));
  return fmt::format("{}/{}{}.so", folder, name.starts_with(prefix) ? "" : prefix, name);
}

std::vector<std::string> PluginFiles(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() == ".so") paths.push_back(at->path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace molva::plugin
