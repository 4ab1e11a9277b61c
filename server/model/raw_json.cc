#include "model/raw_json.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>

namespace molva::model {
namespace {

namespace dom = simdjson::dom;

// Splits the object in `text` into its members. The values are re-read as raw spans, because the
// bytes must survive (numbers above 2^53, key order).
JsonFields SplitObject(std::string_view text) {
  JsonFields fields;
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(text);
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return fields;
  if (document.get_object().get(object) != simdjson::SUCCESS) return fields;
  for (auto field : object) {
    std::string_view key;
    std::string_view value;
    simdjson::ondemand::value raw;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return {};
    std::string owned_key(key);
    if (field.value().get(raw) != simdjson::SUCCESS) return {};
    if (simdjson::to_json_string(raw).get(value) != simdjson::SUCCESS) return {};
    while (!value.empty() && (value.back() == ' ' || value.back() == '\n' || value.back() == '\t' ||
                              value.back() == '\r')) {
      value.remove_suffix(1);
    }
    fields.emplace_back(std::move(owned_key), RawJson{std::string(value)});
  }
  return fields;
}

bool IsObject(const RawJson& value) { return !value.empty() && value.text.front() == '{'; }
bool IsNull(const RawJson& value) { return value.empty() || value.text == "null"; }

// Text form of the mark as clients may write it: raw or escaped.
bool IsClearMark(const RawJson& value) {
  const std::optional<std::string> text = ParseJsonText(value);
  return text.has_value() && *text == kClearMark;
}

bool MergeObjects(RawJson& base, const RawJson& patch) {
  JsonFields fields = SplitObject(base.text);
  bool changed = false;
  for (auto& [key, value] : SplitObject(patch.text)) {
    if (IsNull(value)) continue;
    const auto at = std::find_if(fields.begin(), fields.end(),
                                 [&key](const auto& field) { return field.first == key; });
    if (IsClearMark(value)) {
      if (at != fields.end()) {
        fields.erase(at);
        changed = true;
      }
    } else if (at == fields.end()) {
      RawJson fresh;
      changed |= MergeJson(fresh, value);
      fields.emplace_back(key, std::move(fresh));
    } else {
      changed |= MergeJson(at->second, value);
    }
  }
  base = fields.empty() ? RawJson{"{}"} : JsonObject(fields);
  return changed;
}

}  // namespace

const RawJson* FindField(const JsonFields& fields, std::string_view key) {
  for (const auto& [name, value] : fields) {
    if (name == key) return &value;
  }
  return nullptr;
}

void EraseField(JsonFields& fields, std::string_view key) {
  std::erase_if(fields, [key](const auto& field) { return field.first == key; });
}

void AppendJsonText(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

RawJson JsonText(std::string_view text) {
  RawJson json;
  AppendJsonText(json.text, text);
  return json;
}

RawJson JsonNumber(std::int64_t value) { return RawJson{std::to_string(value)}; }

RawJson JsonObject(const JsonFields& fields) {
  if (fields.empty()) return {};
  RawJson json{"{"};
  for (const auto& [key, value] : fields) {
    if (json.text.size() > 1) json.text += ',';
    AppendJsonText(json.text, key);
    json.text += ':';
    json.text += value.empty() ? "null" : value.text;
  }
  json.text += '}';
  return json;
}

RawJson JsonTextArray(const std::vector<std::string>& texts) {
  RawJson json{"["};
  for (const std::string& text : texts) {
    if (json.text.size() > 1) json.text += ',';
    AppendJsonText(json.text, text);
  }
  json.text += ']';
  return json;
}

JsonFields ParseJsonFields(const RawJson& object) {
  return IsObject(object) ? SplitObject(object.text) : JsonFields{};
}

std::optional<std::string> ParseJsonText(const RawJson& value) {
  if (value.text.size() < 2 || value.text.front() != '"') return std::nullopt;
  dom::parser parser;
  const auto parsed = parser.parse(value.text).get_string();
  if (parsed.error() != simdjson::SUCCESS) return std::nullopt;
  return std::string(parsed.value_unsafe());
}

bool MergeJson(RawJson& base, const RawJson& patch) {
  if (IsNull(patch)) return false;
  if (IsClearMark(patch)) {
    const bool changed = !base.empty();
    base.text.clear();
    return changed;
  }
  if (!IsObject(patch)) {
    base = patch;
    return true;
  }
  if (IsObject(base)) return MergeObjects(base, patch);
  base = RawJson{"{}"};
  MergeObjects(base, patch);  // drops clear marks and nulls inside
  return true;
}

}  // namespace molva::model
