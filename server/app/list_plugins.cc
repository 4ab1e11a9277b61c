#include "app/list_plugins.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "app/plugin_folder.h"
#include "base/strings.h"
#include "config/json_text.h"
#include "plugin/library.h"

namespace molva::app {
namespace {

PluginState Describe(const std::string& path, const absl::StatusOr<plugin::Library>& library) {
  PluginState state;
  state.path = path;
  if (library.ok()) {
    state.kind = plugin::KindName(library->kind());
    state.name = library->name();
    state.version = library->version();
    state.abi = library->AbiText();
  } else {
    state.name = path.substr(path.rfind('/') + 1);
    state.problem = std::string(base::ToStd(library.status().message()));
  }
  return state;
}

void AddConfigured(std::string_view folder, molva_kind kind, const std::string& name,
                   std::vector<PluginState>& states) {
  const std::string path = plugin::LocatePlugin(folder, kind, name);
  PluginState state = Describe(path, plugin::Library::Load(path, kind));
  state.is_configured = true;
  states.push_back(std::move(state));
}

std::string ToJson(const PluginState& state) {
  return fmt::format(
      "{{\"path\":{},\"kind\":{},\"name\":{},\"version\":{},\"abi\":{},\"configured\":{},"
      "\"problem\":{}}}",
      config::QuoteJson(state.path), config::QuoteJson(state.kind), config::QuoteJson(state.name),
      config::QuoteJson(state.version), config::QuoteJson(state.abi), state.is_configured,
      config::QuoteJson(state.problem));
}

}  // namespace

std::vector<PluginState> InspectPlugins(const config::Config& config) {
  const std::string folder = PluginFolder(config);
  std::vector<PluginState> states;
  AddConfigured(folder, MOLVA_KIND_STORE, config.Text("store.plugin"), states);
  for (const std::string& scheme : config.List("auth.schemes")) {
    AddConfigured(folder, MOLVA_KIND_AUTH, scheme, states);
  }
  for (const plugin::PluginListing& listing : plugin::ListPlugins(folder)) {
    const auto same = [&listing](const PluginState& state) { return state.path == listing.path; };
    if (std::none_of(states.begin(), states.end(), same)) {
      states.push_back(Describe(listing.path, listing.library));
    }
  }
  return states;
}

int ListPlugins(const config::Config& config, Output output) {
  bool all_good = true;
  std::string json;
  for (const PluginState& state : InspectPlugins(config)) {
    all_good = all_good && (state.problem.empty() || !state.is_configured);
    if (output == Output::kJson) {
      json += (json.empty() ? "\n" : ",\n") + ToJson(state);
    } else if (state.problem.empty()) {
      fmt::print("{:<6} {:<12} version {:<8} abi {:<5} {:<10} {}\n", state.kind, state.name,
                 state.version, state.abi, state.is_configured ? "configured" : "available",
                 state.path);
    } else {
      fmt::print("{:<6} {:<12} {}\n", "bad", state.name, state.problem);
    }
  }
  if (output == Output::kJson) fmt::print("{{\"plugins\":[{}\n]}}\n", json);
  return all_good ? kExitGood : kExitFailed;
}

}  // namespace molva::app
