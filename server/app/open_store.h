// Opens the storage plugin that the configuration names.
#pragma once

#include <absl/status/statusor.h>

#include <memory>

#include "app/data_directory.h"
#include "app/plugin_board.h"
#include "config/config.h"
#include "plugin/store_adapter.h"

namespace molva::app {

// Errors: what is wrong with the plugin, or what it says.
absl::StatusOr<std::unique_ptr<plugin::StorePlugin>> OpenStorePlugin(const config::Config& config,
                                                                     PluginBoard& board,
                                                                     const DataDirectory& data);

// Whether the configuration is that of a node which has been started before: an empty one in its
// place would be taken for it.
// Errors: kFailedPrecondition: there is no such data directory.
absl::Status CheckNodeExists(const config::Config& config);

// Whether a node may serve with the store: a copy into it may have been broken off. Blocks.
// Errors: kFailedPrecondition: it is half filled; what the store says.
absl::Status CheckStoreIsWhole(plugin::StorePlugin& plugin);

}  // namespace molva::app
