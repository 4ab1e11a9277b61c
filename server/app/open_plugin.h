// Finds, loads and opens a plugin that the configuration names.
#pragma once

#include <absl/status/statusor.h>
#include <fmt/core.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "app/plugin_board.h"
#include "app/plugin_folder.h"
#include "app/plugin_rules.h"
#include "app/plugin_section.h"
#include "base/status_macros.h"
#include "config/config.h"
#include "plugin/library.h"
#include "plugin/opening_watch.h"

namespace molva::app {

// A plugin before it is opened.
struct ReadyPlugin {
  plugin::Library library;
  std::string config;        // its part of the configuration, a JSON object
  runtime::CallRules rules;  // of a kind that has them
};

// Errors: those of Library::Load, SplitRules and, for a plugin that declares its settings,
//         CheckSection.
inline absl::StatusOr<ReadyPlugin> LoadPlugin(const config::Config& config, molva_kind kind,
                                              std::string_view name,
                                              const std::string& plugin_config) {
  MOLVA_ASSIGN_OR_RETURN(
      plugin::Library library,
      plugin::Library::Load(plugin::LocatePlugin(PluginFolder(config), kind, name), kind));
  const std::string section = fmt::format("{}_{}", plugin::KindName(kind), name);
  RuledSection split{{}, plugin_config};
  if (HasRules(kind)) {
    MOLVA_ASSIGN_OR_RETURN(split, SplitRules(config, kind, section, plugin_config));
    SetCapacity(config, library, split.rules);
  }
  if (library.settings().has_value()) {
    MOLVA_ASSIGN_OR_RETURN(split.json,
                           CheckSection(config, section, *library.settings(), split.json));
  }
  return ReadyPlugin{std::move(library), std::move(split.json), split.rules};
}

// `Plugin` is the adapter of the kind; `more` is what its Open wants besides. A plugin that
// crashes, ends the process or hangs meanwhile is named in the log. A store may have much to
// convert: it is only warned about. Once open, it is on the board.
//
// Errors: those of LoadPlugin and Plugin::Open.
template <typename Plugin, typename... More>
absl::StatusOr<std::unique_ptr<Plugin>> OpenPlugin(const config::Config& config, PluginBoard& board,
                                                   molva_kind kind, std::string_view name,
                                                   const std::string& plugin_config,
                                                   More&&... more) {
  using WhenLate = plugin::OpeningWatch::WhenLate;
  const std::string path = plugin::LocatePlugin(PluginFolder(config), kind, name);
  const plugin::OpeningWatch watch(path, config.Duration("node.plugin_deadline"),
                                   kind == MOLVA_KIND_STORE ? WhenLate::kWarn : WhenLate::kEnd);
  MOLVA_ASSIGN_OR_RETURN(const ReadyPlugin ready, LoadPlugin(config, kind, name, plugin_config));
  if constexpr (requires(const Plugin& opened) { opened.shared_gate(); }) {
    MOLVA_ASSIGN_OR_RETURN(
        std::unique_ptr<Plugin> opened,
        Plugin::Open(ready.library, ready.config, std::forward<More>(more)..., ready.rules));
    board.Add(opened->calls(), opened->shared_gate(), kind);
    return opened;
  } else {
    MOLVA_ASSIGN_OR_RETURN(std::unique_ptr<Plugin> opened,
                           Plugin::Open(ready.library, ready.config, std::forward<More>(more)...));
    board.Add(opened->calls());
    return opened;
  }
}

}  // namespace molva::app
