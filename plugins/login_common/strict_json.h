// JSON that a stranger wrote, and that two readers must not read in two ways.
#pragma once

#include <simdjson.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace molva::login_common {

// One JSON object. Members keep their order; none is there twice, on any level.
//
// Thread: confined. Owns the parsed text; elements point into it.
class StrictJson {
 public:
  // nullopt for what is no object, is nested deeper than 16, is longer than `max_bytes`, or has a
  // member twice.
  static std::optional<StrictJson> Parse(std::string_view text, std::size_t max_bytes);

  simdjson::dom::object root() const { return root_; }
  bool Has(std::string_view key) const;
  // nullopt if it is not there, or no text.
  std::optional<std::string> Text(std::string_view key) const;
  // Whole or not. nullopt if it is not there, or no number.
  std::optional<double> Number(std::string_view key) const;
  bool IsTrue(std::string_view key) const;

 private:
  StrictJson() = default;

  std::unique_ptr<simdjson::dom::parser> parser_;
  simdjson::dom::object root_;
};

}  // namespace molva::login_common
