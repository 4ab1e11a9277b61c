#include "clients/cli/json_text.h"

#include <absl/time/time.h>
#include <fmt/core.h>
#include <simdjson.h>

namespace molva::cli {

void AppendJsonText(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string JsonText(std::string_view text) {
  std::string out;
  AppendJsonText(out, text);
  return out;
}

std::string& JsonObject::Key(std::string_view key) {
  if (text_.size() > 1) text_ += ',';
  AppendJsonText(text_, key);
  text_ += ':';
  return text_;
}

JsonObject& JsonObject::Text(std::string_view key, std::string_view value) {
  AppendJsonText(Key(key), value);
  return *this;
}

JsonObject& JsonObject::OptionalText(std::string_view key, std::string_view value) {
  return value.empty() ? *this : Text(key, value);
}

JsonObject& JsonObject::Number(std::string_view key, std::int64_t value) {
  Key(key) += std::to_string(value);
  return *this;
}

JsonObject& JsonObject::Flag(std::string_view key, bool value) {
  Key(key) += value ? "true" : "false";
  return *this;
}

JsonObject& JsonObject::Raw(std::string_view key, std::string_view json) {
  if (json.empty()) return *this;
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(simdjson::padded_string(json)).get(element) != simdjson::SUCCESS) {
    return Text(key, json);
  }
  // Line breaks can only stand between tokens: inside texts JSON has them escaped.
  std::string& out = Key(key);
  for (const char c : json) out += c == '\n' || c == '\r' ? ' ' : c;
  return *this;
}

JsonObject& JsonObject::Time(std::string_view key, std::int64_t unix_millis) {
  return unix_millis == 0 ? *this : Text(key, TimeText(unix_millis));
}

JsonObject& JsonObject::Append(const JsonObject& other) {
  if (other.text_.size() == 1) return *this;
  if (text_.size() > 1) text_ += ',';
  text_.append(other.text_, 1);
  return *this;
}

std::optional<std::string> FindText(std::string_view json, const std::string& path) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  std::string_view text;
  if (parser.parse(padded).at_pointer(path).get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

std::optional<std::int64_t> FindNumber(std::string_view json, const std::string& path) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  std::int64_t number = 0;
  if (parser.parse(padded).at_pointer(path).get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::optional<std::string> FindValue(std::string_view json, const std::string& path) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::element value;
  if (parser.parse(padded).at_pointer(path).get(value) != simdjson::SUCCESS) return std::nullopt;
  return simdjson::minify(value);
}

std::vector<std::string> FindElements(std::string_view json, const std::string& path) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::array array;
  std::vector<std::string> values;
  if (parser.parse(padded).at_pointer(path).get(array) != simdjson::SUCCESS) return values;
  for (const simdjson::dom::element value : array) values.push_back(simdjson::minify(value));
  return values;
}

std::vector<std::string> FindTexts(std::string_view json, const std::string& path) {
  std::vector<std::string> texts;
  for (const std::string& value : FindElements(json, path)) {
    if (auto text = FindText(value, "")) texts.push_back(*std::move(text));
  }
  return texts;
}

std::string JsonArray(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const std::string& value : values) out += (out.size() > 1 ? "," : "") + value;
  return out + "]";
}

absl::StatusOr<std::map<std::string, std::string>> ParseTexts(std::string_view json) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::object object;
  if (parser.parse(padded).get_object().get(object) != simdjson::SUCCESS) {
    return absl::InvalidArgumentError("not a JSON object");
  }
  std::map<std::string, std::string> texts;
  for (const auto member : object) {
    std::string_view value;
    if (member.value.get_string().get(value) != simdjson::SUCCESS) {
      return absl::InvalidArgumentError("a member is not a text");
    }
    texts.emplace(member.key, value);
  }
  return texts;
}

std::string TimeText(std::int64_t unix_millis) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(unix_millis),
                          absl::UTCTimeZone());
}

}  // namespace molva::cli
