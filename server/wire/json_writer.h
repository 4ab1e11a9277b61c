// Appends the members of a JSON object, leaving out what is empty. Private to server/wire.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time_text.h"
#include "model/raw_json.h"
#include "model/seq_range.h"

namespace molva::wire {

// Writes one object between '{' and '}'. Keys are plain ASCII literals and are not escaped.
//
// Borrows: the output, which outlives the writer. Nested writers must end before the outer one
//          goes on. The object is closed by End().
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) { out_ += '{'; }

  // A member that is always written; the value follows by the caller.
  std::string& Key(std::string_view key) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += key;
    out_ += "\":";
    return out_;
  }
  void Text(std::string_view key, std::string_view value) {
    model::AppendJsonText(Key(key), value);
  }
  void Number(std::string_view key, std::int64_t value) {
    Key(key).append(fmt::format_int(value).str());
  }
  void Time(std::string_view key, absl::Time value) {
    std::string& out = Key(key);
    out += '"';
    base::AppendTime(out, value);
    out += '"';
  }
  void Raw(std::string_view key, const model::RawJson& value) {
    Key(key) += value.empty() ? std::string_view("null") : std::string_view(value.text);
  }

  void OptionalText(std::string_view key, std::string_view value) {
    if (!value.empty()) Text(key, value);
  }
  void OptionalNumber(std::string_view key, std::int64_t value) {
    if (value != 0) Number(key, value);
  }
  void OptionalTime(std::string_view key, const std::optional<absl::Time>& value) {
    if (value.has_value()) Time(key, *value);
  }
  void OptionalRaw(std::string_view key, const model::RawJson& value) {
    if (!value.empty()) Raw(key, value);
  }
  // Written as true, or not at all.
  void Flag(std::string_view key, bool value) {
    if (value) Key(key) += "true";
  }
  void OptionalFields(std::string_view key, const model::JsonFields& fields);
  void OptionalTexts(std::string_view key, const std::vector<std::string>& texts);
  void OptionalRanges(std::string_view key, const std::vector<model::SeqRange>& ranges);

  void End() { out_ += '}'; }

 private:
  std::string& out_;
};

}  // namespace molva::wire
