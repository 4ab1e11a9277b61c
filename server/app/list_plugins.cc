#include "app/list_plugins.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/discovery_plugins.h"
#include "app/host_section.h"
#include "app/plugin_folder.h"
#include "app/plugin_rules.h"
#include "app/plugin_section.h"
#include "base/strings.h"
#include "config/json_text.h"
#include "plugin/library.h"
#include "plugin/probe.h"

namespace molva::app {
namespace {

// Only asks: a plugin that hangs here does so in its entry or while it is linked.
constexpr std::chrono::seconds kMostPatience(20);

// In a child, so that a library that crashes does not take the list with it.
PluginState Describe(const std::string& path) {
  PluginState state;
  state.path = path;
  const absl::StatusOr<plugin::PluginFacts> facts = plugin::ProbePlugin(path, kMostPatience);
  if (facts.ok()) {
    state.kind = facts->kind;
    state.name = facts->name;
    state.version = facts->version;
    state.abi = facts->abi;
    state.licence = facts->licence;
    state.settings = facts->settings;
  } else {
    state.name = path.substr(path.rfind('/') + 1);
    state.problem = std::string(base::ToStd(facts.status().message()));
  }
  return state;
}

// What is wrong with the section of a plugin that declares its settings; "" if nothing is.
std::string FaultOfSection(const config::Config& config, molva_kind kind,
                           const std::string& section, const plugin::DeclaredSettings& declared) {
  std::string json = config.PluginJson(section);
  if (HasHostKeys(kind)) {
    absl::StatusOr<HostSection> split = SplitSection(config, kind, section, json);
    if (!split.ok()) return std::string(base::ToStd(split.status().message()));
    json = std::move(split->own);
  } else if (HasRules(kind)) {
    absl::StatusOr<RuledSection> split = SplitRules(config, kind, section, json);
    if (!split.ok()) return std::string(base::ToStd(split.status().message()));
    json = std::move(split->json);
  }
  return std::string(base::ToStd(CheckSection(config, section, declared, json).status().message()));
}

void AddConfigured(const config::Config& config, molva_kind kind, const std::string& name,
                   std::vector<PluginState>& states) {
  PluginState state = Describe(plugin::LocatePlugin(PluginFolder(config), kind, name));
  const std::string_view wanted = plugin::KindName(kind);
  if (state.problem.empty() && state.kind != wanted) {
    state.problem =
        fmt::format("plugin {}: its kind is {}, wanted is {}", state.path, state.kind, wanted);
  }
  if (state.problem.empty() && state.settings.has_value()) {
    state.problem =
        FaultOfSection(config, kind, fmt::format("{}_{}", wanted, name), *state.settings);
  }
  state.is_configured = true;
  states.push_back(std::move(state));
}

std::string SettingToJson(const plugin::DeclaredSetting& setting) {
  return fmt::format(
      "{{\"name\":{},\"type\":{},\"default\":{},\"takes\":{},\"meaning\":{}}}",
      config::QuoteJson(setting.name), config::QuoteJson(plugin::TypeName(setting.type)),
      setting.standard.has_value() ? config::QuoteJson(*setting.standard) : "null",
      config::QuoteJson(DescribeDeclared(setting)), config::QuoteJson(setting.meaning));
}

// null: it does not say.
std::string SettingsToJson(const PluginState& state) {
  if (!state.settings.has_value()) return "null";
  std::string rows;
  for (const plugin::DeclaredSetting& setting : *state.settings) {
    rows += (rows.empty() ? "" : ",") + SettingToJson(setting);
  }
  return fmt::format("[{}]", rows);
}

std::string ToJson(const PluginState& state) {
  return fmt::format(
      "{{\"path\":{},\"kind\":{},\"name\":{},\"version\":{},\"abi\":{},\"licence\":{},"
      "\"settings\":{},\"configured\":{},\"problem\":{}}}",
      config::QuoteJson(state.path), config::QuoteJson(state.kind), config::QuoteJson(state.name),
      config::QuoteJson(state.version), config::QuoteJson(state.abi),
      config::QuoteJson(state.licence), SettingsToJson(state), state.is_configured,
      config::QuoteJson(state.problem));
}

void PrintState(const PluginState& state) {
  if (!state.problem.empty()) {
    return fmt::print("{:<9} {:<12} {}\n", "bad", state.name, state.problem);
  }
  fmt::print("{:<9} {:<12} version {:<8} abi {:<5} {:<10} {}\n", state.kind, state.name,
             state.version, state.abi, state.is_configured ? "configured" : "available",
             state.path);
  if (!state.licence.empty()) fmt::print("{:<9} licence {}\n", "", state.licence);
  if (!state.settings.has_value()) return;
  for (const plugin::DeclaredSetting& one : *state.settings) {
    const std::string standard = !one.standard.has_value()
                                     ? "must be set"
                                     : fmt::format("default {}", config::QuoteJson(*one.standard));
    fmt::print("{:<9} {:<20} {}; {}. {}\n", "", one.name, DescribeDeclared(one), standard,
               one.meaning);
  }
}

}  // namespace

std::vector<PluginState> InspectPlugins(const config::Config& config) {
  const std::string folder = PluginFolder(config);
  std::vector<PluginState> states;
  AddConfigured(config, MOLVA_KIND_STORE, config.Text("store.plugin"), states);
  for (const std::string& scheme : config.List("auth.schemes")) {
    AddConfigured(config, MOLVA_KIND_AUTH, scheme, states);
  }
  for (const std::string& method : config.List("validation.methods")) {
    AddConfigured(config, MOLVA_KIND_VALIDATOR, method, states);
  }
  AddConfigured(config, MOLVA_KIND_MEDIA, config.Text("media.plugin"), states);
  for (const std::string& name : config.List("push.plugins")) {
    AddConfigured(config, MOLVA_KIND_PUSH, name, states);
  }
  for (const std::string& name : config.List("moderation.plugins")) {
    AddConfigured(config, MOLVA_KIND_MODERATION, name, states);
  }
  for (const std::string& name : DiscoveryPluginNames(config)) {
    AddConfigured(config, MOLVA_KIND_DISCOVERY, name, states);
  }
  for (const std::string& path : plugin::PluginFiles(folder)) {
    const auto same = [&path](const PluginState& state) { return state.path == path; };
    if (std::none_of(states.begin(), states.end(), same)) states.push_back(Describe(path));
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
    } else {
      PrintState(state);
    }
  }
  if (output == Output::kJson) fmt::print("{{\"plugins\":[{}\n]}}\n", json);
  return all_good ? kExitGood : kExitFailed;
}

}  // namespace molva::app
