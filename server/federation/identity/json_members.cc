#include "federation/identity/json_members.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "base/strings.h"

namespace molva::federation {
namespace {

namespace dom = simdjson::dom;

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace

absl::Status WrongMember(std::string_view member, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{} {}", member, what));
}

absl::StatusOr<JsonMembers> JsonMembers::Parse(dom::parser& parser, std::string_view text,
                                               std::size_t max_bytes, std::string_view what) {
  if (text.size() > max_bytes) return WrongMember(what, fmt::format("is over {} bytes", max_bytes));
  dom::element root;
  if (parser.allocate(std::max<std::size_t>(text.size(), 1), kMaxDepth) != simdjson::SUCCESS ||
      parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) {
    return WrongMember(what, "is no JSON");
  }
  return Of(root, what);
}

absl::StatusOr<JsonMembers> JsonMembers::Of(dom::element element, std::string_view what) {
  dom::object object;
  if (element.get_object().get(object) != simdjson::SUCCESS) {
    return WrongMember(what, "is no object");
  }
  return JsonMembers(object);
}

absl::StatusOr<std::string> JsonMembers::RawText(const char* name, std::size_t max_bytes) const {
  std::string_view text;
  if (object_[name].get_string().get(text) != simdjson::SUCCESS) {
    return WrongMember(name, "is no text");
  }
  if (text.size() > max_bytes) return WrongMember(name, fmt::format("is over {} bytes", max_bytes));
  return std::string(text);
}

absl::StatusOr<std::string> JsonMembers::Text(const char* name, std::size_t max_bytes) const {
  MOLVA_ASSIGN_OR_RETURN(std::string text, RawText(name, max_bytes));
  if (HasControlCharacter(text)) return WrongMember(name, "has control characters");
  return text;
}

absl::StatusOr<std::string> JsonMembers::OptionalText(const char* name,
                                                      std::size_t max_bytes) const {
  return Has(name) ? Text(name, max_bytes) : std::string();
}

absl::StatusOr<std::string> JsonMembers::Bytes(const char* name, std::size_t max_text_bytes) const {
  MOLVA_ASSIGN_OR_RETURN(const std::string text, RawText(name, max_text_bytes));
  std::optional<std::string> bytes = base::DecodeBase64(text);
  if (!bytes.has_value()) return WrongMember(name, "is no base64");
  return *std::move(bytes);
}

absl::StatusOr<std::int64_t> JsonMembers::Number(const char* name, std::int64_t lowest,
                                                 std::int64_t highest) const {
  std::int64_t number = 0;
  if (object_[name].get_int64().get(number) != simdjson::SUCCESS || number < lowest ||
      number > highest) {
    return WrongMember(name, fmt::format("is no number from {} to {}", lowest, highest));
  }
  return number;
}

absl::StatusOr<dom::array> JsonMembers::List(const char* name, std::size_t max_size) const {
  dom::array list;
  if (object_[name].get_array().get(list) != simdjson::SUCCESS) {
    return WrongMember(name, "is no list");
  }
  if (list.size() > max_size) {
    return WrongMember(name, fmt::format("has over {} entries", max_size));
  }
  return list;
}

absl::StatusOr<std::vector<std::string>> JsonMembers::TextList(const char* name,
                                                               std::size_t max_size,
                                                               std::size_t max_bytes) const {
  MOLVA_ASSIGN_OR_RETURN(const dom::array list, List(name, max_size));
  std::vector<std::string> texts;
  for (const dom::element element : list) {
    std::string_view text;
    if (element.get_string().get(text) != simdjson::SUCCESS || text.size() > max_bytes) {
      return WrongMember(name, fmt::format("has what is no text of at most {} bytes", max_bytes));
    }
    texts.emplace_back(text);
  }
  return texts;
}

bool JsonMembers::Has(const char* name) const { return object_[name].error() == simdjson::SUCCESS; }

}  // namespace molva::federation
