// Reads a plugin's configuration, one JSON object, without any library.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "molva/plugin.hpp"

namespace molva::sdk {

// Takes one JSON object apart: the key and the text of each of its members.
class JsonMembers {
 public:
  explicit JsonMembers(std::string_view text) : rest_(text) {
    is_good_ = Object(0, &members_) && (SkipSpace(), rest_.empty());
  }
  // False: the text is not one JSON object.
  bool is_good() const { return is_good_; }
  // By key, each as JSON; of two members with one key the first.
  const std::map<std::string, std::string, std::less<>>& all() const { return members_; }

  // The text that `json` stands for; false if it is no string.
  static bool ToText(std::string_view json, std::string* text) {
    JsonMembers reader;
    reader.rest_ = json;
    return reader.String(text) && reader.rest_.empty();
  }

 private:
  using Members = std::map<std::string, std::string, std::less<>>;
  static constexpr int kMaxDepth = 32;

  JsonMembers() = default;

  void SkipSpace() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }
  bool Take(char c) {
    SkipSpace();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool TakeWord(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool Object(int depth, Members* members) {
    if (depth > kMaxDepth || !Take('{')) return false;
    if (Take('}')) return true;
    do {
      std::string key;
      SkipSpace();
      if (!String(&key) || !Take(':')) return false;
      SkipSpace();
      const std::string_view from = rest_;
      if (!Value(depth + 1)) return false;
      if (members != nullptr) members->emplace(key, from.substr(0, from.size() - rest_.size()));
    } while (Take(','));
    return Take('}');
  }
  bool Array(int depth) {
    if (depth > kMaxDepth || !Take('[')) return false;
    if (Take(']')) return true;
    do {
      if (!Value(depth + 1)) return false;
    } while (Take(','));
    return Take(']');
  }
  bool Value(int depth) {
    SkipSpace();
    if (rest_.empty()) return false;
    std::string ignored;
    switch (rest_.front()) {
      case '{':
        return Object(depth, nullptr);
      case '[':
        return Array(depth);
      case '"':
        return String(&ignored);
      default:
        return TakeWord("true") || TakeWord("false") || TakeWord("null") || Number();
    }
  }

  bool Digits() {
    const std::size_t count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    rest_.remove_prefix(count);
    return count > 0;
  }
  bool Number() {
    TakeWord("-");
    if (!TakeWord("0") && !Digits()) return false;
    if (TakeWord(".") && !Digits()) return false;
    if (!TakeWord("e") && !TakeWord("E")) return true;
    if (!TakeWord("+")) TakeWord("-");
    return Digits();
  }

  bool String(std::string* text) {
    if (!TakeWord("\"")) return false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        *text += c;
      } else if (!Escape(text)) {
        return false;
      }
    }
    return false;
  }
  bool Escape(std::string* text) {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == 'u') return Unicode(text);
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const std::size_t at = kLetters.find(c);
    if (at == std::string_view::npos) return false;
    *text += kMeant[at];
    return true;
  }
  bool Hex(std::uint32_t* unit) {
    if (rest_.size() < 4) return false;
    const char* end = rest_.data() + 4;
    const auto read = std::from_chars(rest_.data(), end, *unit, 16);
    rest_.remove_prefix(4);
    return read.ec == std::errc() && read.ptr == end;
  }
  bool Unicode(std::string* text) {
    std::uint32_t point = 0;
    if (!Hex(&point) || (point >= 0xdc00 && point < 0xe000)) return false;
    if (point >= 0xd800 && point < 0xdc00) {  // the first half of a pair
      std::uint32_t low = 0;
      if (!TakeWord("\\u") || !Hex(&low) || low < 0xdc00 || low >= 0xe000) return false;
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    const auto put = [text](std::uint32_t byte) { *text += static_cast<char>(byte); };
    if (point < 0x80) {
      put(point);
      return true;
    }
    if (point < 0x800) {
      put(0xc0 | point >> 6);
    } else {
      if (point < 0x10000) {
        put(0xe0 | point >> 12);
      } else {
        put(0xf0 | point >> 18);
        put(0x80 | (point >> 12 & 0x3f));
      }
      put(0x80 | (point >> 6 & 0x3f));
    }
    put(0x80 | (point & 0x3f));
    return true;
  }

  std::string_view rest_;
  Members members_;
  bool is_good_ = false;
};

// Ask for every setting, then call Finish(): it reports the first thing that is wrong, also keys
// that nobody asked for. Empty text counts as {}. sdk::Config of plugin_config.hpp is its like for
// plugins that link simdjson.
class Settings {
 public:
  explicit Settings(molva_text text) : members_(text.size == 0 ? "{}" : View(text)) {
    if (!members_.is_good()) error_ = "the configuration is not a JSON object";
  }
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  std::string Text(std::string_view key, std::string_view otherwise) {
    const std::string* json = Find(key);
    std::string found;
    if (json == nullptr) return std::string(otherwise);
    if (JsonMembers::ToText(*json, &found)) return found;
    Refuse(key, "must be a text");
    return std::string(otherwise);
  }
  std::int64_t Integer(std::string_view key, std::int64_t otherwise, std::int64_t lowest,
                       std::int64_t highest) {
    const std::string* json = Find(key);
    if (json == nullptr) return otherwise;
    std::int64_t found = 0;
    const char* end = json->data() + json->size();
    const auto read = std::from_chars(json->data(), end, found);
    if (read.ec == std::errc() && read.ptr == end && found >= lowest && found <= highest) {
      return found;
    }
    Refuse(key, "must be a whole number from " + std::to_string(lowest) + " to " +
                    std::to_string(highest));
    return otherwise;
  }
  bool Flag(std::string_view key, bool otherwise) {
    const std::string* json = Find(key);
    if (json == nullptr) return otherwise;
    if (*json != "true" && *json != "false") Refuse(key, "must be true or false");
    return *json == "true";
  }
  // The member as it was written, for whoever reads on.
  std::string Json(std::string_view key, std::string_view otherwise) {
    const std::string* json = Find(key);
    return json == nullptr ? std::string(otherwise) : *json;
  }
  // For what only the plugin can judge; `why` is a sentence without its subject.
  void Refuse(std::string_view key, std::string_view why) {
    if (error_.empty()) error_ = "\"" + std::string(key) + "\" " + std::string(why);
  }

  // One sentence about the first error; empty if all is well. Never repeats a value.
  std::string Finish() {
    for (const auto& [key, json] : members_.all()) {
      if (!known_.contains(key)) Refuse(key, "is not a setting of this plugin");
    }
    return error_;
  }

 private:
  const std::string* Find(std::string_view key) {
    known_.emplace(key);
    const auto at = members_.all().find(key);
    return at == members_.all().end() ? nullptr : &at->second;
  }

  const JsonMembers members_;
  std::set<std::string, std::less<>> known_;
  std::string error_;
};

}  // namespace molva::sdk
