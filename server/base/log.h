// Structured log lines: a level, a sentence, named values. Human text on a terminal, JSON
// elsewhere.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace molva::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kSilent };  // kSilent: writes nothing
enum class LogFormat { kAuto, kText, kJson };

// One named value of a line. Numbers are formatted by the caller (fmt::to_string).
struct LogField {
  std::string_view name;
  std::string value;
};

// Sets what is written from now on. Call once, before threads start; `kAuto` asks whether
// standard error is a terminal.
void ConfigureLog(LogLevel lowest, LogFormat format);

// Writes one line to standard error in a single write. Any thread. Never put a secret in a field.
void Log(LogLevel level, std::string_view sentence, std::initializer_list<LogField> fields = {});

inline void LogDebug(std::string_view sentence, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kDebug, sentence, fields);
}
inline void LogInfo(std::string_view sentence, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kInfo, sentence, fields);
}
inline void LogWarning(std::string_view sentence, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kWarning, sentence, fields);
}
inline void LogError(std::string_view sentence, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kError, sentence, fields);
}

}  // namespace molva::base
