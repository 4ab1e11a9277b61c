#include "plugin/declared_setting.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace molva::plugin {
namespace {

constexpr std::size_t kMaxSettings = 256;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxSentenceBytes = 1024;

// By type; zero is none.
constexpr std::array<std::string_view, MOLVA_SETTING_TABLE + 1> kTypeNames = {
    "", "text", "number", "bool", "duration", "bytes", "secret", "list", "table"};

bool IsSettingName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

// One line, as it is listed.
bool IsSentence(const char* text) {
  if (text == nullptr) return false;
  const std::string_view all(text, ::strnlen(text, kMaxSentenceBytes + 1));
  return all.size() <= kMaxSentenceBytes && std::none_of(all.begin(), all.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

std::string_view FaultOf(const molva_setting& setting) {
  if (setting.type == 0 || setting.type >= kTypeNames.size()) return "has an unknown type";
  if (!IsSentence(setting.meaning)) return "has no meaning";
  if (setting.standard != nullptr && !IsSentence(setting.standard)) return "has a bad default";
  if (setting.lowest > setting.highest) return "has bounds that no value is between";
  return {};
}

absl::Status BadDeclaration(std::string_view what) {
  return absl::FailedPreconditionError(fmt::format("its settings are badly declared: {}", what));
}

}  // namespace

std::string_view TypeName(molva_setting_type type) {
  return type < kTypeNames.size() ? kTypeNames[type] : kTypeNames[0];
}

absl::StatusOr<std::optional<DeclaredSettings>> ReadDeclared(const molva_plugin& table) {
  if (!MOLVA_HAS(&table, setting_count) || table.settings == nullptr) return std::nullopt;
  if (table.setting_count > kMaxSettings) return BadDeclaration("there are too many");
  DeclaredSettings settings;
  if (table.setting_count == 0) return settings;
  if (table.settings->struct_size < sizeof(molva_setting)) return BadDeclaration("a row is short");
  for (std::size_t i = 0; i < table.setting_count; ++i) {
    const molva_setting& c = *MOLVA_AT(molva_setting, table.settings, i);
    if (!IsSentence(c.name) || !IsSettingName(c.name)) {
      return BadDeclaration(fmt::format("number {} has no usable name", i + 1));
    }
    const std::string_view fault = FaultOf(c);
    if (!fault.empty()) return BadDeclaration(fmt::format("{} {}", c.name, fault));
    const bool is_new =
        std::none_of(settings.begin(), settings.end(),
                     [&c](const DeclaredSetting& one) { return one.name == c.name; });
    if (!is_new) return BadDeclaration(fmt::format("{} is there twice", c.name));
    DeclaredSetting& setting = settings.emplace_back();
    setting.type = c.type;
    setting.name = c.name;
    if (c.standard != nullptr) setting.standard = c.standard;
    setting.meaning = c.meaning;
    setting.lowest = c.lowest;
    setting.highest = c.highest;
  }
  return settings;
}

}  // namespace molva::plugin
