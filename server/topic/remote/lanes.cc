#include "topic/remote/lanes.h"

#include <absl/strings/numbers.h>

#include "base/strings.h"

namespace molva::topic {
namespace {

std::int64_t NumberIn(std::string_view text) {
  std::int64_t value = 0;
  return absl::SimpleAtoi(base::ToAbsl(text), &value) ? value : 0;
}

constexpr char kTold[] = "told";
constexpr char kSettled[] = "settled";
constexpr char kHash[] = "hash";
constexpr char kUntold[] = "untold";

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

std::string NoteOfOwn(const Lanes& lanes) {
  model::JsonFields untold;
  for (const auto& [user, count] : lanes.untold) {
    untold.emplace_back(user.ToString(), model::JsonNumber(count));
  }
  return model::JsonObject({{kTold, model::JsonNumber(lanes.told_through)},
                            {kSettled, model::JsonNumber(lanes.last_settled.n)},
                            {kHash, model::JsonText(base::EncodeBase64(lanes.last_settled.hash))},
                            {kUntold, model::JsonObject(untold)}})
      .text;
}

void ReadNoteOfOwn(const std::string& note, Lanes& lanes) {
  lanes.told_through = 0;
  lanes.last_settled = {};
  lanes.untold.clear();
  for (const auto& [name, value] : model::ParseJsonFields({note})) {
    if (name == kTold) lanes.told_through = NumberIn(value.text);
    if (name == kSettled) lanes.last_settled.n = NumberIn(value.text);
    if (name == kHash) {
      lanes.last_settled.hash =
          base::DecodeBase64(model::ParseJsonText(value).value_or("")).value_or("");
    }
    if (name != kUntold) continue;
    for (const auto& [user, count] : model::ParseJsonFields(value)) {
      const auto id = model::UserId::Parse(user);
      if (id.ok()) lanes.untold[*id] = NumberIn(count.text);
    }
  }
}

}  // namespace molva::topic
