// The settings in force: a value for every row, and where it came from.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/string_map.h"
#include "config/setting.h"
#include "config/value.h"

namespace molva::config {

// Who set a value; a later one overrides an earlier one.
enum class Origin : std::uint8_t { kStandard, kFile, kEnvironment, kCommandLine };

// A value for every row of a table. A plain value: copy it, compare copies, share it as const.
//
// Errors: asking for a name that is not in the rows, or by the wrong type, is our bug and aborts.
class Config {
 public:
  // Every row has its default.
  explicit Config(Rows rows);

  bool Bool(std::string_view name) const;
  std::int64_t Integer(std::string_view name) const;
  std::int64_t Bytes(std::string_view name) const;
  absl::Duration Duration(std::string_view name) const;
  const std::string& Text(std::string_view name) const;  // choices, addresses, secrets too
  const std::vector<std::string>& List(std::string_view name) const;
  // The section [plugin.<plugin>] as a JSON object; "{}" if there is none.
  std::string PluginJson(std::string_view plugin) const;

  // Where the key of the section, or with an empty key the section, was set: "molva.toml:12"; empty
  // if it was not.
  std::string PluginPlace(std::string_view plugin, std::string_view key) const;

  Rows rows() const { return rows_; }
  const Value& Get(std::string_view name) const;
  Origin OriginOf(std::string_view name) const;
  // Sets `value`, which must have passed CheckRange.
  void Set(std::string_view name, Value value, Origin origin);
  void SetPluginJson(std::string_view plugin, std::string json);
  void SetPluginPlace(std::string_view plugin, std::string_view key, std::string place);

  // The rows whose values differ, and the plugin sections as "plugin.<name>".
  static std::vector<std::string> Differences(const Config& former, const Config& latter);

 private:
  struct Entry {
    const Setting* row = nullptr;
    Value value;
    Origin origin = Origin::kStandard;
  };
  const Entry& Find(std::string_view name) const;
  template <typename T>
  const T& As(std::string_view name) const;

  Rows rows_;
  base::StringMap<Entry> entries_;
  std::map<std::string, std::string, std::less<>> plugin_json_;
  std::map<std::string, std::string, std::less<>> plugin_places_;  // by "<plugin>.<key>"
};

}  // namespace molva::config
