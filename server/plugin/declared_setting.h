// What a plugin says of the settings that its section of the configuration may hold.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "molva/plugin.h"

namespace molva::plugin {

// A molva_setting that passed all checks. A plain value.
struct DeclaredSetting {
  molva_setting_type type = MOLVA_SETTING_TEXT;
  std::string name;
  std::optional<std::string> standard;  // nullopt: it must be set
  std::string meaning;
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
  // Both bounds zero: there are none.
  bool is_bounded() const { return lowest != 0 || highest != 0; }
};

using DeclaredSettings = std::vector<DeclaredSetting>;

// "text", "number", "bool", "duration", "bytes", "secret", "list", "table".
std::string_view TypeName(molva_setting_type type);

// The settings that `table` declares; nullopt if it says nothing of them.
// Errors: kFailedPrecondition: says which one is not well declared.
absl::StatusOr<std::optional<DeclaredSettings>> ReadDeclared(const molva_plugin& table);

}  // namespace molva::plugin
