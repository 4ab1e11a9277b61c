#include "tests/scenario/json_match.h"

#include <simdjson.h>

#include <stdexcept>

namespace molva::test {
namespace {

namespace dom = simdjson::dom;

bool MatchValue(dom::element expected, dom::element actual, Variables& variables);

bool MatchText(std::string_view expected, dom::element actual, Variables& variables) {
  if (expected == "*") return true;
  std::string_view text;
  if (actual.get(text) != simdjson::SUCCESS) return false;
  const std::size_t name = expected.find('$');
  if (name != expected.npos && name + 1 < expected.size()) {
    if (text.substr(0, name) != expected.substr(0, name)) return false;
    text.remove_prefix(name);
    const auto [at, fresh] =
        variables.emplace(std::string(expected.substr(name)), std::string(text));
    return fresh || at->second == text;
  }
  return expected == text;
}

bool MatchObject(dom::object expected, dom::element actual, Variables& variables) {
  dom::object members;
  if (actual.get(members) != simdjson::SUCCESS) return false;
  for (const auto& [key, value] : expected) {
    dom::element member;
    const bool present = members.at_key(key).get(member) == simdjson::SUCCESS;
    std::string_view text;
    const bool forbidden = value.get(text) == simdjson::SUCCESS && text == "!";
    if (forbidden ? present : !present || !MatchValue(value, member, variables)) return false;
  }
  return true;
}

bool MatchArray(dom::array expected, dom::element actual, Variables& variables) {
  dom::array items;
  if (actual.get(items) != simdjson::SUCCESS || items.size() != expected.size()) return false;
  auto item = items.begin();
  for (const dom::element value : expected) {
    if (!MatchValue(value, *item, variables)) return false;
    ++item;
  }
  return true;
}

bool MatchValue(dom::element expected, dom::element actual, Variables& variables) {
  switch (expected.type()) {
    case dom::element_type::OBJECT:
      return MatchObject(expected.get_object().value_unsafe(), actual, variables);
    case dom::element_type::ARRAY:
      return MatchArray(expected.get_array().value_unsafe(), actual, variables);
    case dom::element_type::STRING:
      return MatchText(expected.get_string().value_unsafe(), actual, variables);
    default:
      return simdjson::to_string(expected) == simdjson::to_string(actual);
  }
}

}  // namespace

bool Matches(std::string_view expected, std::string_view actual, Variables& variables) {
  dom::parser expected_parser;
  dom::parser actual_parser;
  dom::element wanted;
  dom::element got;
  if (expected_parser.parse(std::string(expected)).get(wanted) != simdjson::SUCCESS) {
    throw std::invalid_argument("the scenario expects something that is not JSON: " +
                                std::string(expected));
  }
  if (actual_parser.parse(std::string(actual)).get(got) != simdjson::SUCCESS) return false;
  Variables trial = variables;
  if (!MatchValue(wanted, got, trial)) return false;
  variables = std::move(trial);
  return true;
}

}  // namespace molva::test
