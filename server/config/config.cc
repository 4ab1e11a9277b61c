#include "config/config.h"

#include <fmt/core.h>

#include <utility>

#include "base/check.h"

namespace molva::config {
namespace {

std::string PlaceName(std::string_view plugin, std::string_view key) {
  return fmt::format("{}.{}", plugin, key);
}

}  // namespace

Config::Config(Rows rows) : rows_(rows) {
  for (const Setting& row : rows) {
    absl::StatusOr<Value> standard = ParseValue(row, row.standard);
    MOLVA_CHECK(standard.ok(), "a setting has a default outside its range");
    entries_[std::string(row.name)] = {&row, *std::move(standard), Origin::kStandard};
  }
}

const Config::Entry& Config::Find(std::string_view name) const {
  const auto found = entries_.find(name);
  MOLVA_CHECK(found != entries_.end(), "no such setting");
  return found->second;
}

template <typename T>
const T& Config::As(std::string_view name) const {
  const T* value = std::get_if<T>(&Find(name).value);
  MOLVA_CHECK(value != nullptr, "a setting was read as another type");
  return *value;
}

bool Config::Bool(std::string_view name) const { return As<bool>(name); }

std::int64_t Config::Integer(std::string_view name) const {
  MOLVA_CHECK(Find(name).row->type == Type::kInteger, "the setting is no plain number");
  return As<std::int64_t>(name);
}

std::int64_t Config::Bytes(std::string_view name) const {
  MOLVA_CHECK(Find(name).row->type == Type::kSize, "the setting is no size");
  return As<std::int64_t>(name);
}

absl::Duration Config::Duration(std::string_view name) const {
  MOLVA_CHECK(Find(name).row->type == Type::kDuration, "the setting is no duration");
  return absl::Milliseconds(As<std::int64_t>(name));
}

const std::string& Config::Text(std::string_view name) const { return As<std::string>(name); }

const std::vector<std::string>& Config::List(std::string_view name) const {
  return As<std::vector<std::string>>(name);
}

std::string Config::PluginJson(std::string_view plugin) const {
  const auto found = plugin_json_.find(plugin);
  return found == plugin_json_.end() ? "{}" : found->second;
}

const Value& Config::Get(std::string_view name) const { return Find(name).value; }

Origin Config::OriginOf(std::string_view name) const { return Find(name).origin; }

void Config::Set(std::string_view name, Value value, Origin origin) {
  const auto found = entries_.find(name);
  MOLVA_CHECK(found != entries_.end(), "no such setting");
  MOLVA_CHECK(found->second.value.index() == value.index(), "a setting was given another type");
  found->second.value = std::move(value);
  found->second.origin = origin;
}

std::string Config::PluginPlace(std::string_view plugin, std::string_view key) const {
  const auto found = plugin_places_.find(PlaceName(plugin, key));
  return found == plugin_places_.end() ? "" : found->second;
}

void Config::SetPluginPlace(std::string_view plugin, std::string_view key, std::string place) {
  plugin_places_[PlaceName(plugin, key)] = std::move(place);
}

void Config::SetPluginJson(std::string_view plugin, std::string json) {
  plugin_json_[std::string(plugin)] = std::move(json);
}

std::vector<std::string> Config::Differences(const Config& former, const Config& latter) {
  std::vector<std::string> names;
  for (const Setting& row : former.rows()) {
    if (former.Get(row.name) != latter.Get(row.name)) names.emplace_back(row.name);
  }
  for (const auto& [plugin, json] : former.plugin_json_) {
    if (latter.PluginJson(plugin) != json) {
      names.push_back(std::string(kPluginTable) + "." + plugin);
    }
  }
  for (const auto& [plugin, json] : latter.plugin_json_) {
    if (!former.plugin_json_.contains(plugin)) {
      names.push_back(std::string(kPluginTable) + "." + plugin);
    }
  }
  return names;
}

}  // namespace molva::config
