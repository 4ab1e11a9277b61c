// molvad plugins: what the configuration loads, and what else lies in the folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "config/config.h"
#include "plugin/declared_setting.h"

namespace molva::app {

// One plugin that is configured or could be.
struct PluginState {
  std::string path;
  std::string kind;     // "store", "auth"
  std::string name;     // "sqlite"; the file's name if it does not load
  std::string version;  // empty if it does not load
  std::string abi;
  std::string licence;                               // empty if it does not say
  std::optional<plugin::DeclaredSettings> settings;  // nullopt if it does not say
  bool is_configured = false;
  std::string problem;  // why it does not load, or what is wrong with its section
};

// The configured ones first.
std::vector<PluginState> InspectPlugins(const config::Config& config);

// Prints them; the exit code says whether every configured one loads.
int ListPlugins(const config::Config& config, Output output);

}  // namespace molva::app
