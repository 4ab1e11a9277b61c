// Where plugins are, and what each is told of the configuration.
#pragma once

#include <string>
#include <string_view>

#include "app/data_directory.h"
#include "config/config.h"

namespace molva::app {

// The folder that node.plugins names; if it is empty, the one that was installed with the program,
// wherever that is, or that of its build tree.
std::string PluginFolder(const config::Config& config);

// The configuration of the storage plugin as JSON: the settings of the built-in ones, then
// [plugin.store_<name>]. `data`: the path of the data directory.
std::string StoreConfigJson(const config::Config& config, const std::string& data);

// The configuration of one auth scheme; `key`, of those that have one, is raw.
std::string AuthConfigJson(const config::Config& config, std::string_view scheme,
                           std::string_view key);

// The configuration of the validator of `method`.
std::string ValidatorConfigJson(const config::Config& config, std::string_view method);

// The configuration of the media plugin: the settings of the built-in one, then
// [plugin.media_<name>].
std::string MediaConfigJson(const config::Config& config, const DataDirectory& data);

// The configuration of one moderation plugin, with what is the host's own of it.
std::string ModerationConfigJson(const config::Config& config, std::string_view name);

// The configuration of one discovery plugin, likewise.
std::string DiscoveryConfigJson(const config::Config& config, std::string_view name);

// The configuration of one push plugin.
std::string PushConfigJson(const config::Config& config, std::string_view name);

}  // namespace molva::app
