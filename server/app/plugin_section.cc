#include "app/plugin_section.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "base/status_macros.h"
#include "base/strings.h"
#include "config/json_text.h"
#include "config/setting.h"
#include "config/value.h"

namespace molva::app {
namespace {

using Json = simdjson::dom::element;

constexpr std::int64_t kNoBound = std::numeric_limits<std::int64_t>::max();

config::Type TypeOf(molva_setting_type type) {
  switch (type) {
    case MOLVA_SETTING_NUMBER:
      return config::Type::kInteger;
    case MOLVA_SETTING_BOOL:
      return config::Type::kBool;
    case MOLVA_SETTING_DURATION:
      return config::Type::kDuration;
    case MOLVA_SETTING_BYTES:
      return config::Type::kSize;
    case MOLVA_SETTING_SECRET:
      return config::Type::kSecret;
    case MOLVA_SETTING_LIST:
      return config::Type::kTextList;
    default:
      return config::Type::kText;
  }
}

// As one of the node's own settings; `name` is borrowed.
config::Setting RowOf(const plugin::DeclaredSetting& setting, std::string_view name) {
  config::Setting row{.name = name,
                      .type = TypeOf(setting.type),
                      .standard = "",
                      .lowest = setting.lowest,
                      .highest = setting.highest,
                      .sentence = ""};
  if (!setting.is_bounded()) {
    row.lowest = row.type == config::Type::kInteger ? std::numeric_limits<std::int64_t>::min() : 0;
    row.highest = kNoBound;
  }
  return row;
}

std::optional<std::vector<std::string>> TextsOf(const Json& value) {
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS) return std::nullopt;
  std::vector<std::string> texts;
  for (const Json item : array) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) return std::nullopt;
    texts.emplace_back(text);
  }
  return texts;
}

// The value as a setting of the type has it; nullopt: it has another type.
std::optional<absl::StatusOr<config::Value>> ValueOf(const config::Setting& row,
                                                     const Json& value) {
  using config::Type;
  const bool is_quantity = row.type == Type::kDuration || row.type == Type::kSize;
  bool flag = false;
  if (row.type == Type::kBool && value.get(flag) == simdjson::SUCCESS) return config::Value(flag);
  std::int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) {
    const bool takes = row.type == Type::kInteger || row.type == Type::kSize ||
                       (row.type == Type::kDuration && number == 0);
    if (takes) return config::Value(number);
    return std::nullopt;
  }
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    if (is_quantity) return config::ParseValue(row, text);
    if (row.type == Type::kText || row.type == Type::kSecret) {
      return config::Value(std::string(text));
    }
    return std::nullopt;
  }
  if (row.type != Type::kTextList) return std::nullopt;
  std::optional<std::vector<std::string>> texts = TextsOf(value);
  if (!texts.has_value()) return std::nullopt;
  return config::Value(*std::move(texts));
}

// `value` as the plugin is told it.
absl::StatusOr<std::string> Checked(const plugin::DeclaredSetting& setting, std::string_view name,
                                    const Json& value) {
  if (setting.type == MOLVA_SETTING_TABLE) {
    if (value.is_object()) return simdjson::minify(value);
    return absl::InvalidArgumentError(fmt::format("{} must be a table", name));
  }
  const config::Setting row = RowOf(setting, name);
  std::optional<absl::StatusOr<config::Value>> read = ValueOf(row, value);
  if (!read.has_value()) {
    return absl::InvalidArgumentError(
        fmt::format("{} must be {}", name, DescribeDeclared(setting)));
  }
  MOLVA_RETURN_IF_ERROR(read->status());
  MOLVA_RETURN_IF_ERROR(config::CheckRange(row, **read));
  const auto* number = std::get_if<std::int64_t>(&**read);
  return number != nullptr ? std::to_string(*number) : std::string(simdjson::minify(value));
}

std::string NamesOf(const plugin::DeclaredSettings& declared) {
  std::string names;
  for (const plugin::DeclaredSetting& one : declared) {
    names += (names.empty() ? "" : ", ") + one.name;
  }
  return names.empty() ? "nothing" : names;
}

// Says where in the file it is, if it is there.
absl::Status Placed(const config::Config& config, std::string_view section, std::string_view key,
                    std::string_view what) {
  const std::string place = config.PluginPlace(section, key);
  return absl::InvalidArgumentError(place.empty() ? std::string(what)
                                                  : fmt::format("{}: {}", place, what));
}

}  // namespace

std::string DescribeDeclared(const plugin::DeclaredSetting& setting) {
  if (setting.type == MOLVA_SETTING_TABLE) return "a table";
  if (setting.type == MOLVA_SETTING_SECRET) return "a text that is not shown";
  if (!setting.is_bounded()) {
    if (setting.type == MOLVA_SETTING_TEXT) return "a text";
    if (setting.type == MOLVA_SETTING_NUMBER) return "a whole number";
    if (setting.type == MOLVA_SETTING_LIST) return "a list of texts";
  }
  return config::DescribeAllowed(RowOf(setting, setting.name));
}

absl::StatusOr<std::string> CheckSection(const config::Config& config, std::string_view section,
                                         const plugin::DeclaredSettings& declared,
                                         const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json).get(object) != simdjson::SUCCESS) {
    return Placed(config, section, "", fmt::format("plugin.{} is no table", section));
  }
  std::string checked;
  std::set<std::string_view> seen;
  for (const auto [key, value] : object) {
    if (!seen.insert(key).second) continue;
    const std::string name = fmt::format("plugin.{}.{}", section, key);
    const auto at = std::find_if(declared.begin(), declared.end(),
                                 [k = key](const auto& one) { return one.name == k; });
    if (at == declared.end()) {
      return Placed(
          config, section, key,
          fmt::format("{} is no setting of this plugin, which takes {}", name, NamesOf(declared)));
    }
    const absl::StatusOr<std::string> text = Checked(*at, name, value);
    if (!text.ok()) return Placed(config, section, key, base::ToStd(text.status().message()));
    checked += fmt::format("{}{}:{}", checked.empty() ? "" : ",", config::QuoteJson(key), *text);
  }
  for (const plugin::DeclaredSetting& one : declared) {
    if (one.standard.has_value() || seen.contains(one.name)) continue;
    return Placed(config, section, "",
                  fmt::format("plugin.{}.{} must be set: {}", section, one.name, one.meaning));
  }
  return "{" + checked + "}";
}

}  // namespace molva::app
