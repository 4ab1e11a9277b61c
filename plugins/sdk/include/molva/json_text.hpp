// Writes JSON objects: for plugins that tell others what happened.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace molva::sdk {

// Appends `text`, which is UTF-8, as a JSON string.
inline void AppendJson(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escaped.data();
    } else {
      out += c;
    }
  }
  out += '"';
}

// One object, member by member.
class JsonObject {
 public:
  JsonObject& Text(std::string_view key, std::string_view text) {
    Key(key);
    AppendJson(text_, text);
    return *this;
  }
  // Left out if it is empty.
  JsonObject& TextIfAny(std::string_view key, std::string_view text) {
    return text.empty() ? *this : Text(key, text);
  }
  JsonObject& Number(std::string_view key, std::int64_t number) {
    return Raw(key, std::to_string(number));
  }
  // `json` is JSON.
  JsonObject& Raw(std::string_view key, std::string_view json) {
    Key(key);
    text_ += json;
    return *this;
  }
  std::string Finish() const { return "{" + text_ + "}"; }

 private:
  void Key(std::string_view key) {
    if (!text_.empty()) text_ += ',';
    AppendJson(text_, key);
    text_ += ':';
  }

  std::string text_;
};

}  // namespace molva::sdk
