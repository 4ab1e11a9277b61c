// What another parser than the server's says is JSON.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace molva::fuzz {

// The same text with long runs of digits cut outside of strings: the other parser refuses integers
// beyond 64 bits, which are JSON all the same (RFC 8259 §6).
inline std::string WithShortNumbers(std::string_view text) {
  constexpr int kMostDigits = 15;
  std::string shorter;
  bool in_string = false;
  int digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    digits = !in_string && c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > kMostDigits) continue;
    shorter += c;
    if (in_string && c == '\\' && i + 1 < text.size()) {
      shorter += text[++i];
    } else if (c == '"') {
      in_string = !in_string;
    }
  }
  return shorter;
}

inline bool IsJson(std::string_view text) {
  simdjson::dom::parser parser;
  return parser.parse(simdjson::padded_string(WithShortNumbers(text))).error() == simdjson::SUCCESS;
}

}  // namespace molva::fuzz
