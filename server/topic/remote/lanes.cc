#include "topic/remote/lanes.h"

#include <absl/strings/numbers.h>

#include "base/strings.h"

namespace molva::topic {
namespace {

std::int64_t NumberIn(std::string_view text) {
  std::int64_t value = 0;
  return absl::SimpleAtoi(base::ToAbsl(text), &value) ? value : 0;
}

}  // namespace

std::string NoteOf(const std::vector<Outcome>& outcomes) {
  model::JsonFields fields;
  for (const Outcome& outcome : outcomes) {
    fields.emplace_back(
        std::to_string(outcome.number),
        model::JsonObject(
            {{"code", model::JsonNumber(outcome.code)},
             {"text", model::JsonText(outcome.text)},
             {"params", outcome.params.empty() ? model::RawJson{"null"} : outcome.params}}));
  }
  return model::JsonObject(fields).text;
}

std::vector<Outcome> OutcomesOf(const std::string& note) {
  std::vector<Outcome> outcomes;
  if (note.empty()) return outcomes;
  for (const auto& [number, value] : model::ParseJsonFields({note})) {
    const model::JsonFields fields = model::ParseJsonFields(value);
    Outcome outcome;
    outcome.number = NumberIn(number);
    if (const model::RawJson* code = model::FindField(fields, "code")) {
      outcome.code = static_cast<int>(NumberIn(code->text));
    }
    if (const model::RawJson* text = model::FindField(fields, "text")) {
      outcome.text = model::ParseJsonText(*text).value_or("");
    }
    if (const model::RawJson* params = model::FindField(fields, "params");
        params != nullptr && params->text != "null") {
      outcome.params = *params;
    }
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace molva::topic
