#include "base/log.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/core.h>
#include <unistd.h>

#include <atomic>

namespace molva::base {
namespace {

// The log is the one process-wide object: every layer writes to it and none may be built before it.
std::atomic<LogLevel> lowest_level{LogLevel::kInfo};
std::atomic<bool> json_lines{true};

constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};
constexpr std::string_view kColours[] = {"\x1b[2m", "", "\x1b[33m", "\x1b[31m"};

void AppendJsonText(std::string& line, std::string_view text) {
  line += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      line += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
  line += '"';
}

std::string FormatJson(LogLevel level, std::string_view sentence,
                       std::initializer_list<LogField> fields) {
  std::string line = absl::FormatTime("{\"ts\":\"%Y-%m-%dT%H:%M:%E3SZ\",\"level\":\"", absl::Now(),
                                      absl::UTCTimeZone());
  line += kNames[static_cast<int>(level)];
  line += "\",\"msg\":";
  AppendJsonText(line, sentence);
  for (const LogField& field : fields) {
    line += ',';
    AppendJsonText(line, field.name);
    line += ':';
    AppendJsonText(line, field.value);
  }
  return line + "}\n";
}

std::string FormatText(LogLevel level, std::string_view sentence,
                       std::initializer_list<LogField> fields) {
  std::string line = absl::FormatTime("%H:%M:%E3S ", absl::Now(), absl::LocalTimeZone());
  line += kColours[static_cast<int>(level)];
  line += sentence;
  for (const LogField& field : fields) line += fmt::format("  {}={}", field.name, field.value);
  if (!kColours[static_cast<int>(level)].empty()) line += "\x1b[0m";
  return line + "\n";
}

}  // namespace

void ConfigureLog(LogLevel lowest, LogFormat format) {
  lowest_level = lowest;
  json_lines = format == LogFormat::kJson || (format == LogFormat::kAuto && ::isatty(2) == 0);
}

void Log(LogLevel level, std::string_view sentence, std::initializer_list<LogField> fields) {
  if (level < lowest_level.load(std::memory_order_relaxed)) return;
  const std::string line = json_lines.load(std::memory_order_relaxed)
                               ? FormatJson(level, sentence, fields)
                               : FormatText(level, sentence, fields);
  // A log line that cannot be written has nowhere else to go.
  [[maybe_unused]] const ssize_t written = ::write(2, line.data(), line.size());
}

}  // namespace molva::base
