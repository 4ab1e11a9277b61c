// JSON that the server carries but does not own: validated once, then passed through as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace molva::model {

// One JSON value as text, already validated (syntax, UTF-8, depth, size). Empty text = absent.
struct RawJson {
  std::string text;

  bool empty() const { return text.empty(); }
  friend bool operator==(const RawJson&, const RawJson&) = default;
};

// The members of one JSON object in order, keys unescaped, values as validated text.
using JsonFields = std::vector<std::pair<std::string, RawJson>>;

// The value of `key` in `fields`, or nullptr.
const RawJson* FindField(const JsonFields& fields, std::string_view key);
// Removes every member named `key`.
void EraseField(JsonFields& fields, std::string_view key);

// JSON text of simple values.
RawJson JsonText(std::string_view text);  // quoted and escaped
RawJson JsonNumber(std::int64_t value);
// The object that `fields` are the members of; absent if there are none.
RawJson JsonObject(const JsonFields& fields);
RawJson JsonTextArray(const std::vector<std::string>& texts);
// Appends `text` to `out` as a quoted JSON string.
void AppendJsonText(std::string& out, std::string_view text);
// The members of `object`; empty if it is not an object.
JsonFields ParseJsonFields(const RawJson& object);
// The unescaped text if `value` is a JSON string.
std::optional<std::string> ParseJsonText(const RawJson& value);

// The one-character string that clears a value. Source: docs/protocol messages §1.
inline constexpr std::string_view kClearMark = "\xe2\x90\xa1";  // U+2421

// Merges `patch` into `base`: object into object deep, the clear mark deletes a key or, at the
// top, the whole value; null and absent change nothing; arrays and scalars replace. Values that
// are not merged keep their bytes.
// Returns whether anything changed; a supplied scalar or array counts as a change even if equal.
bool MergeJson(RawJson& base, const RawJson& patch);

}  // namespace molva::model
