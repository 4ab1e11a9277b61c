// Declares what a plugin's section of the configuration may hold: the host checks it and lists it.
#pragma once

#include <cstdint>

#include "molva/plugin.hpp"

// Rows of a table of static life, for DescribePlugin:
//
//   constexpr auto kSettings = std::to_array({
//       sdk::NumberSetting("readers", "2", 1, 64, "Threads for queries."),
//       sdk::SecretSetting("key", nullptr, "What letters are signed with."),
//   });
//
// `standard` is the default as people write it, nullptr if the setting must be there; `meaning` is
// a sentence on one line. Reading the values stays with the plugin: see settings.hpp.
namespace molva::sdk {

inline constexpr molva_setting DeclareSetting(molva_setting_type type, const char* name,
                                              const char* standard, const char* meaning,
                                              std::int64_t lowest = 0, std::int64_t highest = 0) {
  return {sizeof(molva_setting), type, name, standard, meaning, lowest, highest};
}

inline constexpr molva_setting TextSetting(const char* name, const char* standard,
                                           const char* meaning) {
  return DeclareSetting(MOLVA_SETTING_TEXT, name, standard, meaning);
}
// Whole, lowest <= n <= highest.
inline constexpr molva_setting NumberSetting(const char* name, const char* standard,
                                             std::int64_t lowest, std::int64_t highest,
                                             const char* meaning) {
  return DeclareSetting(MOLVA_SETTING_NUMBER, name, standard, meaning, lowest, highest);
}
inline constexpr molva_setting BoolSetting(const char* name, const char* standard,
                                           const char* meaning) {
  return DeclareSetting(MOLVA_SETTING_BOOL, name, standard, meaning);
}
// "10s"; comes as a number of milliseconds, in which the bounds count.
inline constexpr molva_setting DurationSetting(const char* name, const char* standard,
                                               std::int64_t lowest, std::int64_t highest,
                                               const char* meaning) {
  return DeclareSetting(MOLVA_SETTING_DURATION, name, standard, meaning, lowest, highest);
}
// "4 MiB"; comes as a number of bytes, in which the bounds count.
inline constexpr molva_setting BytesSetting(const char* name, const char* standard,
                                            std::int64_t lowest, std::int64_t highest,
                                            const char* meaning) {
  return DeclareSetting(MOLVA_SETTING_BYTES, name, standard, meaning, lowest, highest);
}
// A text that is never shown.
inline constexpr molva_setting SecretSetting(const char* name, const char* standard,
                                             const char* meaning) {
  return DeclareSetting(MOLVA_SETTING_SECRET, name, standard, meaning);
}
// Of texts.
inline constexpr molva_setting ListSetting(const char* name, const char* standard,
                                           const char* meaning) {
  return DeclareSetting(MOLVA_SETTING_LIST, name, standard, meaning);
}
// A table of its own, which the plugin reads as JSON.
inline constexpr molva_setting TableSetting(const char* name, const char* standard,
                                            const char* meaning) {
  return DeclareSetting(MOLVA_SETTING_TABLE, name, standard, meaning);
}

}  // namespace molva::sdk
