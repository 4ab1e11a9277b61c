#include "wire/json_writer.h"

namespace molva::wire {

void JsonWriter::OptionalFields(std::string_view key, const model::JsonFields& fields) {
  if (fields.empty()) return;
  std::string& out = Key(key);
  char separator = '{';
  for (const auto& [name, value] : fields) {
    out += separator;
    separator = ',';
    model::AppendJsonText(out, name);
    out += ':';
    out += value.empty() ? std::string_view("null") : std::string_view(value.text);
  }
  out += '}';
}

void JsonWriter::OptionalTexts(std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  std::string& out = Key(key);
  char separator = '[';
  for (const std::string& text : texts) {
    out += separator;
    separator = ',';
    model::AppendJsonText(out, text);
  }
  out += ']';
}

void JsonWriter::OptionalRanges(std::string_view key, const std::vector<model::SeqRange>& ranges) {
  if (ranges.empty()) return;
  std::string& out = Key(key);
  char separator = '[';
  for (const model::SeqRange& range : ranges) {
    out += separator;
    separator = ',';
    JsonWriter object(out);
    object.Number("low", range.low);
    // A single number is written without its end.
    if (range.hi > range.low + 1) object.Number("hi", range.hi);
    object.End();
  }
  out += ']';
}

}  // namespace molva::wire
