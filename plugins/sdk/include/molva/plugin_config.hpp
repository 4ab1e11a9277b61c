// Reads a plugin's configuration: one flat JSON object. Link simdjson to use it.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "molva/plugin.hpp"

namespace molva::sdk {

// Ask for every setting, then call Finish(): it reports the first thing that is wrong, also keys
// that nobody asked for. Empty text counts as {}.
class Config {
 public:
  explicit Config(molva_text text) {
    const std::string_view view = View(text);
    if (view.empty()) return;
    const simdjson::padded_string padded(view);
    simdjson::dom::element root;
    if (parser_.parse(padded).get(root) != simdjson::SUCCESS ||
        root.get(object_) != simdjson::SUCCESS) {
      error_ = "the configuration is not a JSON object";
      return;
    }
    has_object_ = true;
  }
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  std::string Text(std::string_view key, std::string_view otherwise) {
    simdjson::dom::element value;
    if (!Find(key, value)) return std::string(otherwise);
    std::string_view found;
    if (value.get(found) == simdjson::SUCCESS) return std::string(found);
    Fail(key, "must be a text");
    return std::string(otherwise);
  }
  std::int64_t Integer(std::string_view key, std::int64_t otherwise, std::int64_t lowest,
                       std::int64_t highest) {
    simdjson::dom::element value;
    if (!Find(key, value)) return otherwise;
    std::int64_t found = 0;
    if (value.get(found) == simdjson::SUCCESS && found >= lowest && found <= highest) return found;
    Fail(key, "must be a whole number from " + std::to_string(lowest) + " to " +
                  std::to_string(highest));
    return otherwise;
  }
  bool Flag(std::string_view key, bool otherwise) {
    simdjson::dom::element value;
    if (!Find(key, value)) return otherwise;
    bool found = false;
    if (value.get(found) == simdjson::SUCCESS) return found;
    Fail(key, "must be true or false");
    return otherwise;
  }

  std::vector<std::string> Texts(std::string_view key) {
    simdjson::dom::element value;
    std::vector<std::string> texts;
    if (!Find(key, value)) return texts;
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS) {
      Fail(key, "must be a list of texts");
      return texts;
    }
    for (const auto item : array) {
      std::string_view text;
      if (item.get(text) != simdjson::SUCCESS) Fail(key, "must be a list of texts");
      texts.emplace_back(text);
    }
    return texts;
  }
  // The same for what only the plugin can judge; `why` is a sentence without its subject.
  void Refuse(std::string_view key, std::string_view why) { Fail(key, why); }

  // One sentence about the first error; empty if all is well. Never repeats a value.
  std::string Finish() {
    if (!error_.empty() || !has_object_) return error_;
    for (const auto field : object_) {
      if (!known_.contains(field.key)) {
        Fail(field.key, "is not a setting of this plugin");
        break;
      }
    }
    return error_;
  }

 private:
  bool Find(std::string_view key, simdjson::dom::element& value) {
    known_.emplace(key);
    return has_object_ && object_.at_key(key).get(value) == simdjson::SUCCESS;
  }
  void Fail(std::string_view key, std::string_view why) {
    if (error_.empty()) error_ = "\"" + std::string(key) + "\" " + std::string(why);
  }

  simdjson::dom::parser parser_;
  simdjson::dom::object object_;
  bool has_object_ = false;
  std::set<std::string, std::less<>> known_;
  std::string error_;
};

}  // namespace molva::sdk
