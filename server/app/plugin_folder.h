// Where plugins are, and what each is told of the configuration.
#pragma once

#include <string>
#include <string_view>

#include "app/data_directory.h"
#include "config/config.h"

namespace molva::app {

// The folder that node.plugins names; if it is empty, the one beside the program in a build tree
// or, failing that, the installed one.
std::string PluginFolder(const config::Config& config);

// The configuration of the storage plugin as JSON: the settings of the built-in ones, then
// [plugin.store_<name>].
std::string StoreConfigJson(const config::Config& config, const DataDirectory& data);

// The configuration of one auth scheme; `token_key` is raw.
std::string AuthConfigJson(const config::Config& config, std::string_view scheme,
                           std::string_view token_key);

}  // namespace molva::app
