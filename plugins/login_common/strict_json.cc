#include "login_common/strict_json.h"

#include <set>
#include <utility>

namespace molva::login_common {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMaxDepth = 16;

bool HasEachOnce(dom::element element);

bool HasEachOnce(dom::object object) {
  std::set<std::string_view> keys;
  for (const dom::key_value_pair& member : object) {
    if (!keys.insert(member.key).second || !HasEachOnce(member.value)) return false;
  }
  return true;
}

// As deep as the parser lets it be.
bool HasEachOnce(dom::element element) {
  dom::object object;
  if (element.get(object) == simdjson::SUCCESS) return HasEachOnce(object);
  dom::array array;
  if (element.get(array) != simdjson::SUCCESS) return true;
  for (const dom::element item : array) {
    if (!HasEachOnce(item)) return false;
  }
  return true;
}

}  // namespace

std::optional<StrictJson> StrictJson::Parse(std::string_view text, std::size_t max_bytes) {
  if (text.empty() || text.size() > max_bytes) return std::nullopt;
  StrictJson json;
  json.parser_ = std::make_unique<dom::parser>();
  if (json.parser_->allocate(text.size() + 64, kMaxDepth) != simdjson::SUCCESS) return std::nullopt;
  dom::element root;
  if (json.parser_->parse(text.data(), text.size(), /*realloc_if_needed=*/true).get(root) !=
          simdjson::SUCCESS ||
      root.get(json.root_) != simdjson::SUCCESS || !HasEachOnce(json.root_)) {
    return std::nullopt;
  }
  return json;
}

bool StrictJson::Has(std::string_view key) const {
  dom::element value;
  return root_.at_key(key).get(value) == simdjson::SUCCESS;
}

std::optional<std::string> StrictJson::Text(std::string_view key) const {
  std::string_view text;
  if (root_.at_key(key).get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

std::optional<double> StrictJson::Number(std::string_view key) const {
  double number = 0;
  if (root_.at_key(key).get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

bool StrictJson::IsTrue(std::string_view key) const {
  bool value = false;
  return root_.at_key(key).get(value) == simdjson::SUCCESS && value;
}

}  // namespace molva::login_common
