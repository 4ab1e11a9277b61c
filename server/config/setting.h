// One setting, declared once: everything else about it (parsing, printing, the operations page, the
// annotated molva.toml) comes from this row.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace molva::config {

// What a value is, and how it is written.
enum class Type : std::uint8_t {
  kBool,      // true, false
  kInteger,   // 16
  kSize,      // "128 KiB", or a number of bytes
  kDuration,  // "30s", "14d"; units ms, s, m, h, d
  kText,      // "…"; the range counts bytes
  kChoice,    // one of `choices`
  kTextList,  // ["a", "b"]; the range counts elements
  kAddress,   // "127.0.0.1:6060", "[::1]:6060", "" for off and unix:/path where the row allows it
  kSecret,    // text that is never printed; <name>_file names a file that holds it instead
};

// Whether a new value takes effect on SIGHUP or at the next start.
enum class Reload : std::uint8_t { kRestart, kLive };

// One row. Bounds are inclusive and count bytes, milliseconds, elements or the number itself.
struct Setting {
  std::string_view name;  // "listen.http": table and key
  Type type;
  std::string_view standard;  // the default, as the text of a TOML value without quotes
  std::int64_t lowest = 0;
  std::int64_t highest = std::numeric_limits<std::int64_t>::max();
  // For kChoice: words separated by a space. For kAddress: "unix" where unix:/path will do too.
  std::string_view choices = {};
  Reload reload = Reload::kRestart;
  std::string_view sentence;  // ends with a full stop
};

// A table of rows. Tables are constants of static life.
using Rows = std::span<const Setting>;

// Every setting of the node, in the order of the documents.
Rows NodeSettings();

// The row of `name`, or nullptr.
const Setting* FindSetting(Rows rows, std::string_view name);

// Tables under this name belong to plugins: their keys are passed on as JSON, unchecked, for the
// plugin to judge.
inline constexpr std::string_view kPluginTable = "plugin";

}  // namespace molva::config
