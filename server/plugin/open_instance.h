// Opens the instance of a plugin of any kind. Private to server/plugin.
#pragma once

#include <absl/status/statusor.h>
#include <fmt/format.h>

#include "molva/plugin.hpp"
#include "plugin/host_api.h"

namespace molva::plugin {

// `open(why, out)` calls the plugin's function, which puts its reason into `why` and its instance
// into `*out`.
// Errors: what the plugin says, and kInternal if it gives no instance; both name it.
template <typename Instance, typename OpenCall>
absl::StatusOr<Instance*> OpenInstance(const HostApi& host, OpenCall open) {
  sdk::Collector why;
  Instance* instance = nullptr;
  const molva_code code = open(why.sink(), &instance);
  if (code != MOLVA_OK) {
    return StatusOf(code, fmt::format("{}: {}", host.plugin_name(), why.First()));
  }
  if (instance == nullptr) {
    return absl::InternalError(fmt::format("{}: opened, but gave no instance", host.plugin_name()));
  }
  return instance;
}

}  // namespace molva::plugin
