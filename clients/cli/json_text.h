// Small pieces of JSON: what the program prints, keeps in files and finds in messages.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace molva::cli {

// Appends `text` quoted and escaped.
void AppendJsonText(std::string& out, std::string_view text);
std::string JsonText(std::string_view text);

// Builds one object on one line, members in the order of the calls.
class JsonObject {
 public:
  JsonObject& Text(std::string_view key, std::string_view value);
  JsonObject& OptionalText(std::string_view key, std::string_view value);
  JsonObject& Number(std::string_view key, std::int64_t value);
  JsonObject& Flag(std::string_view key, bool value);
  // `json` is one JSON value; line breaks in it are taken out. Left out if empty.
  JsonObject& Raw(std::string_view key, std::string_view json);
  JsonObject& Time(std::string_view key, std::int64_t unix_millis);  // left out if 0
  JsonObject& Append(const JsonObject& other);                       // its members
  std::string Line() const { return text_ + "}"; }

 private:
  std::string& Key(std::string_view key);
  std::string text_ = "{";
};

// The text at `path` ("/txt", "" for the value itself) in `json`; nullopt if there is none.
std::optional<std::string> FindText(std::string_view json, const std::string& path);
std::optional<std::int64_t> FindNumber(std::string_view json, const std::string& path);
// Any value there, as JSON without blanks.
std::optional<std::string> FindValue(std::string_view json, const std::string& path);
// The elements of the array there, as JSON; none if there is no array.
std::vector<std::string> FindElements(std::string_view json, const std::string& path);
// Those of them that are texts.
std::vector<std::string> FindTexts(std::string_view json, const std::string& path);
// [1,2] as JSON, of values that are JSON.
std::string JsonArray(const std::vector<std::string>& values);

// The members of an object whose values are all texts.
absl::StatusOr<std::map<std::string, std::string>> ParseTexts(std::string_view json);

// RFC 3339 in UTC with milliseconds.
std::string TimeText(std::int64_t unix_millis);

}  // namespace molva::cli
